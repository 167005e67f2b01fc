/** The fastest of the reported incidents: each is told, and its healthy twin is not accused. */
import { deepEqual } from "node:assert/strict";
import { namesIn, netnsFolder } from "../../src/lab/registry.ts";
import { cases } from "./all.ts";
import { requirePackages } from "../debian/packages.ts";
import { runCase } from "./bench/run.ts";

/** By name, fast ones of unlike kinds. */
const names = [
  "18-ndp-blocked.arp",
  "22b-legacy-policy.router",
  "31-rp-filter-src-routing",
  "44-frame-to-wrong-node.six",
  "48-application-reset.six",
];
const chosen = cases.filter(({ name }) => names.includes(name));
const prefix = `lhc${crypto.randomUUID().slice(0, 4)}`;

Deno.test("cases of this test are cases", () => {
  deepEqual(chosen.map(({ name }) => name), names);
});

for (const [number, one] of chosen.entries()) {
  Deno.test({
    name: `case ${one.name}: ${one.reported.words}`,
    ignore: Deno.uid() !== 0,
    // The C library and the poller's timer are the process's own.
    sanitizeResources: false,
    sanitizeOps: false,
    fn: async () => {
      await requirePackages(one.packages ?? []);
      const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
      try {
        const { mark, complaints } = await runCase(one, { prefix, folder, number });
        deepEqual([mark, ...complaints], ["right"]);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
      deepEqual((await namesIn(netnsFolder)).filter((name) => name.startsWith(`${prefix}-`)), []);
    },
  });
}
