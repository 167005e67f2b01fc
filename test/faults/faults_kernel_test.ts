/** A part of the fault bench that fits the test suite: one fault of most codes, fixed seed. */
import { deepEqual } from "node:assert/strict";
import { namesIn, netnsFolder } from "../../src/lab/registry.ts";
import { casesOf, runBench } from "./bench/bench.ts";
import { nameOf } from "./bench/case_run.ts";
import { specs } from "./cases/all.ts";

const seed = 4417;

/**
 * By name: one way to most codes, with its twin and near miss; `deno task faults` has all of them. Each
 * starts hundreds of short processes, which a virtual machine with slow page faults needs minutes for.
 */
const chosen = new Set([
  ...["forwarding-off", "route-blackhole", "rp-filter-strict-asymmetric", "ttl-one", "mtu-device"],
  ...["neighbour-of-router", "mac-wrong-static-on-gateway", "tunnel-no-entry"],
  ...["tunnel-blocked-receiver", "nft-forward-jump", "iptables-reject", "ct-invalid-asymmetric"],
  ...["service-endpoint-nobody", "tc-ingress", "no-listener-tcp", "receive-buffer-full"],
  ...[
    "checksum-udp",
    "lost-in-router",
    "left-observed",
    "two-faults",
    "comes-and-goes",
    "xdp-drop",
  ],
  ...["bridge-isolated", "queue-tbf"],
  // What packets do not die of, and what came of the question.
  ...["application-silent-routed", "nat-ports-exhausted-routed", "stale-conntrack-entry-routed"],
  ...["path-mtu-exceeded-routed", "address-duplicate-pods", "macvlan-isolation-host"],
]);

Deno.test({
  name: "faults on the real kernel are named, their healthy twins and near misses are not",
  ignore: Deno.uid() !== 0,
  // The C library and what a trace leaves to its last timers are the process's own.
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const ids = casesOf(specs.filter(({ id }) => chosen.has(id)));
    deepEqual(new Set(ids.map(({ spec }) => spec.id)), chosen);
    const judged = await runBench(ids, { seed });
    const bad = judged.filter(({ score }) => score.mark !== "right")
      .map(({ run, score }) => `${score.mark} ${run.name}: ${score.complaints.join("; ")}`);
    deepEqual(bad, []);
    deepEqual(judged.length, ids.map(nameOf).length);
    const own = new Set(judged.map(({ run }) => run.topology.name.split("-")[0]!));
    const left = (await namesIn(netnsFolder)).filter((name) => own.has(name.split("-")[0]!));
    deepEqual(left, []);
  },
});
