import { deepEqual, equal } from "node:assert/strict";
import { EXPORTS } from "./mod.ts";

const report = JSON.parse(
  Deno.readTextFileSync(new URL("../cli/render/fixture/i4.json", import.meta.url)),
);

Deno.test("every export has a name of its own and writes the same report as the same text", () => {
  equal(new Set(EXPORTS.map(({ format }) => format)).size, EXPORTS.length);
  for (const { write } of EXPORTS) equal(write(report), write(structuredClone(report)));
});

Deno.test("the JSON export is the report", () => {
  const [json] = EXPORTS;
  deepEqual(JSON.parse(json.write(report)), report);
});
