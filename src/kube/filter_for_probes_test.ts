import { deepEqual, equal } from "node:assert/strict";
import { parseNamedFilter } from "../event/filter/mod.ts";
import { filterForProbes } from "./filter_for_probes.ts";

const service = (name: string, ...addresses: string[]) => ({
  ...{ node: "", netns: [], own: false, service: name },
  addresses,
});

Deno.test("filter for probes: each name, or the addresses that it has now", () => {
  const places = [service("shop/pay", "10.96.0.20", "10.0.0.8")];
  equal(
    filterForProbes("-n shop dst svc/pay and port 80", places),
    "(dst svc shop/pay or dst host 10.0.0.8 or dst host 10.96.0.20) and port 80",
  );
  equal(filterForProbes("not svc nobody", places), "not svc nobody");
  equal(filterForProbes("", places), "");
});

Deno.test("filter for probes: a service of thousands does not make it too long to be read", () => {
  const addresses = Array.from({ length: 4_000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
  const filter = filterForProbes("svc/pay or svc/other", [service("shop/pay", ...addresses)]);
  deepEqual(parseNamedFilter(filter).kind, "or");
  equal(filter.match(/host /g)!.length, 64);
});
