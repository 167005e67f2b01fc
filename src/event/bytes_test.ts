import { deepEqual, equal } from "node:assert/strict";
import { Bytes, free } from "./bytes.ts";

Deno.test("memory that was given back is gone at once, and that of small arrays is left alone", () => {
  const large = new Uint8Array(64 * 1024);
  free(large);
  equal(large.length, 0);
  // Node gives parts of one piece to several.
  const part = new Uint8Array(new ArrayBuffer(8 * 1024), 16, 100);
  free(part);
  equal(part.length, 100);
  const shared = new Uint8Array(new SharedArrayBuffer(64 * 1024));
  free(shared);
  equal(shared.length, 64 * 1024);
});

Deno.test("bytes that grow keep what was written, and give back what they grew out of", () => {
  const bytes = new Bytes(20_000);
  bytes.append(Uint8Array.of(1, 2, 3));
  const before = bytes.written();
  bytes.append(new Uint8Array(30_000).fill(7));
  equal(before.length, 0);
  const now = bytes.written();
  deepEqual([now.length, ...now.subarray(0, 4)], [30_003, 1, 2, 3, 7]);
  bytes.free();
  equal(now.length, 0);
});
