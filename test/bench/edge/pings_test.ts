/** What benches wait for on a live stream is a death that the report shows with its cause. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { analyse } from "../../../src/analysis/mod.ts";
import { batchOf } from "../goals/ping_batch.ts";
import { dropOf } from "./pings.ts";

Deno.test("a bench's drop is a flow of its own that was dropped, and has a cause", () => {
  const batches = [batchOf(dropOf("bench", 3, 0, 1_000_007))];
  const { flows } = analyse({ incident: "bench", batches, filter: "", closed: false, evicted: 0 });
  equal(flows.map(({ source, outcome, cause }) => [source, outcome, cause?.code]), [
    ["10.15.66.71", "dropped", "checksum-invalid"],
  ]);
});
