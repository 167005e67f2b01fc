/** A part of the fault bench that fits the test suite: one fault of most codes, fixed seed. */
import { deepEqual } from "node:assert/strict";
import { namesIn, netnsFolder } from "../../src/lab/registry.ts";
import { casesOf, runBench } from "./bench/bench.ts";
import { nameOf } from "./bench/case_run.ts";
import { specs } from "./cases/all.ts";

const seed = 4417;

/** By name: one way to each code, with its twin and near miss. */
const chosen = new Set([
  ...["forwarding-off", "no-route-in", "route-blackhole", "rp-filter-strict-asymmetric"],
  ...["martian-own-source", "ttl-one", "routing-loop", "mtu-device", "neighbour-of-router"],
  ...["mac-wrong-static-on-gateway", "link-down-router", "tunnel-no-route", "tunnel-no-entry"],
  ...["tunnel-vni-routed", "tunnel-blocked-receiver", "nft-forward-jump", "iptables-reject"],
  ...["ct-invalid-asymmetric", "service-endpoint-nobody", "tc-ingress", "ipsec-block-in"],
  ...["no-listener-tcp", "receive-buffer-full", "checksum-udp", "lost-in-router"],
  ...["left-observed", "unanswered-echo", "two-faults", "comes-and-goes", "bulk", "xdp-drop"],
  ...["bridge-isolated", "bridge-port-blocking", "bridge-hairpin-fdb", "queue-tbf"],
  ...["accept-queue-full", "socket-filter", "tunnel-wrong-node", "route-localnet-off"],
  // What packets do not die of, and what came of the question.
  ...["application-reset-bridge", "application-silent-routed", "nat-ports-exhausted-routed"],
  ...["port-changed-routed", "stale-conntrack-entry-routed", "reply-not-translated-around"],
  ...["path-mtu-exceeded-routed", "fragment-without-ports-routed", "shaped-routed"],
  ...["reply-from-other-address-pods", "asymmetric-path-shortcut", "address-duplicate-pods"],
  ...["frame-to-wrong-node-behind-router", "router-advertisement-ignored-routed"],
  ...["macvlan-isolation-host", "address-overlap-server"],
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
