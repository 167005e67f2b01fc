import { deepEqual } from "node:assert/strict";
import { HeardChanges } from "./heard.ts";

/** Changes of namespace 1, heard at the given moments; what a reading then takes along. */
function heardAt(...moments: bigint[]) {
  let now = 0n;
  const heard = new HeardChanges(() => now);
  for (const moment of moments) {
    now = moment;
    heard.add(1, "netfilter");
  }
  return heard;
}

Deno.test("a reading takes along what was heard before it, once", () => {
  const heard = heardAt(10n, 20n);
  deepEqual(heard.take(2, 30n), []);
  deepEqual(heard.take(1, 30n), [{ part: "netfilter", firstNs: "10", lastNs: "20" }]);
  deepEqual(heard.take(1, 40n), []);
});

Deno.test("what was heard while it was read is taken along by the next reading, too", () => {
  const heard = heardAt(10n, 35n);
  deepEqual(heard.take(1, 30n), [{ part: "netfilter", firstNs: "10", lastNs: "35" }]);
  deepEqual(heard.take(1, 50n), [{ part: "netfilter", firstNs: "30", lastNs: "35" }]);
  deepEqual(heard.take(1, 70n), []);
});

Deno.test("without a clock, and of namespaces that are gone, nothing is heard", () => {
  const none = new HeardChanges(() => undefined);
  none.add(1, "link");
  deepEqual(none.take(1, 0n), []);
  const heard = heardAt(10n);
  heard.forget(1);
  deepEqual(heard.take(1, 20n), []);
});
