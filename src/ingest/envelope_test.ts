import { deepStrictEqual as deepEqual, throws } from "node:assert/strict";
import { enclosed, opened } from "./envelope.ts";

Deno.test("what was enclosed comes out as it was, and nobody who looks through names finds a byte", () => {
  const message = { type: "stored", rows: new Uint8Array([1, 2, 3]), rest: [{ row: 1 }] };
  const envelope = structuredClone(enclosed(message));
  const names: string[] = [];
  for (const name in envelope) names.push(name);
  deepEqual(names, []);
  deepEqual(opened(envelope), message);
  throws(() => opened(new Set()), TypeError);
});
