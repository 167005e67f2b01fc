import { equal, throws } from "node:assert/strict";
import { parseNamedFilter } from "../../event/filter/mod.ts";
import { withEnd } from "./to_words.ts";

Deno.test("--to becomes a part of the filter", () => {
  for (
    const [filter, to, all] of [
      ["", "10.0.0.7", "host 10.0.0.7"],
      ["icmp", "10.0.0.7", "(icmp) and host 10.0.0.7"],
      ["icmp or arp", "10.0.0.7:80", "(icmp or arp) and (host 10.0.0.7 and port 80)"],
      ["tcp", "fd00::1", "(tcp) and host fd00::1"],
      ["tcp", "[fd00::1]:80", "(tcp) and (host fd00::1 and port 80)"],
    ] as const
  ) {
    equal(withEnd(filter, to), all);
    parseNamedFilter(all);
  }
  equal(withEnd("pod/a", "svc/b"), "(pod/a) and svc/b");
  equal(withEnd("icmp", undefined), "icmp");
});

Deno.test("--to takes nothing that is more than one end", () => {
  for (const to of ["", "a b", "10.0.0.7 or arp", "svc/a) or (arp", "-x", "payments"]) {
    throws(() => withEnd("icmp", to), { code: "usage" }, to);
  }
});
