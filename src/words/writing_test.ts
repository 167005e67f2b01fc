import { equal } from "node:assert/strict";
import { counting } from "./writing.ts";

Deno.test("counts have the face's separator between thousands, and a plural from two on", () => {
  const { grouped, plural } = counting("\u202f");
  equal(grouped(1_234_567), "1\u202f234\u202f567");
  equal(plural(1, "packet"), "1 packet");
  equal(counting(",").plural(1_204, "batch", "batches"), "1,204 batches");
});
