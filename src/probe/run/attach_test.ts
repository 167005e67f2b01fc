import { deepEqual, equal } from "node:assert/strict";
import { isPlainFirst, waysFor } from "./attach.ts";

Deno.test("comparisons are hidden everywhere at first only from verifiers that take such a program", () => {
  equal(isPlainFirst("6.1.0-50-cloud-amd64"), true);
  equal(isPlainFirst("5.10.0-30-amd64"), true);
  equal(isPlainFirst("6.12.117+deb13-cloud-amd64"), false);
  equal(isPlainFirst("6.18.44-fc"), false);
  equal(isPlainFirst("a kernel of its own"), false);
});

Deno.test("where plain comparisons were refused hidden ones are not tried, but a program that counts nothing", () => {
  const names = (kernel: string) => waysFor(kernel).map(({ without }) => without);
  equal(names("6.1.0-50-cloud-amd64")[0], "counting packets");
  equal(names("6.1.0-50-cloud-amd64").includes("plain comparisons"), false);
  deepEqual(names("6.12.117+deb13-cloud-amd64").slice(0, 2), [
    "a filter in pairs",
    "plain comparisons",
  ]);
  equal(
    waysFor("6.18")[0]!.of?.test("Looks like the BPF stack limit of 512 bytes is exceeded"),
    true,
  );
  // A recorder's hops need stack, too: what its program has room for is known.
  deepEqual(waysFor("6.18", true).map(({ without }) => without).slice(0, 2), [
    "a filter of one piece",
    "following answers",
  ]);
  // What bpftrace gets besides stays as it was, so that it is compiled as fast.
  equal(waysFor("6.1.0")[0]!.run, undefined);
});
