import { deepEqual } from "node:assert/strict";
import { orphans } from "./clean_up.ts";

const names = ["lh-i1-pod", "lhx-i1-pod", "lh-i2-inside-pod", "lh-f7-a", "i1-pod", "mine"];

Deno.test("[L4] orphans are namespaces named as an incident's that nothing has registered", () => {
  deepEqual(orphans(names, []), ["lh-i1-pod", "lhx-i1-pod", "lh-i2-inside-pod"]);
  deepEqual(orphans(names, [{ name: "lh-i1" }, { name: "lh-i2-inside" }]), ["lhx-i1-pod"]);
});

Deno.test("[L4] orphans under one prefix leave other prefixes alone", () => {
  deepEqual(orphans(names, [], undefined, "lhx"), ["lhx-i1-pod"]);
});

Deno.test("[L4] orphans of one incident leave the others' alone", () => {
  deepEqual(orphans(names, [], "I1"), ["lh-i1-pod", "lhx-i1-pod"]);
});
