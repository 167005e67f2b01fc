/** What is generated is committed as it would be generated now. */
import { equal } from "node:assert/strict";
import { generated } from "./files.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

Deno.test("codes, lists and pages of causes are as `deno task generate` makes them", async () => {
  for (const [path, text] of await generated(root)) {
    equal(Deno.readTextFileSync(`${root}/${path}`), text, `${path}: run deno task generate`);
  }
});
