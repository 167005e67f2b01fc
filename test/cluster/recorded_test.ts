/** What was recorded in the cluster of `deno task cluster`, judged again: the cause, the words, the names. */
import { deepEqual, match, ok } from "node:assert/strict";
import type { Report } from "../../src/event/report.ts";
import { reportOf, textOf } from "../kernels/bench/judged.ts";

const RECORDED = new URL("./recorded/", import.meta.url).pathname;

/** One that was recorded. */
interface Recorded {
  /** What was done to the cluster. */
  truth: string;
  /** The one cause that may be told; null: nothing is wrong. */
  code: string | null;
  /** What the cause says, names among it. */
  says?: RegExp;
  /** A namespace that hops are in, as it is named. */
  hopsOf?: string;
  /** Ends of an exchange, as they are named. */
  ends: [client: string, server: string | undefined];
}

const FROM_CHECKOUT: Recorded["ends"] = ["pod shop/checkout", "service shop/payments"];

const ALL: Record<string, Recorded> = {
  "well": { truth: "nothing; kubectl 1.36", code: null, ends: FROM_CHECKOUT },
  "hairpin-off": {
    truth: "a pod asks its own service, and its port of the bridge has no hairpin",
    code: "bridge-hairpin-disabled",
    says: /hairpin is off there/,
    ends: ["pod shop/own", "service shop/own"],
  },
  "forward-policy": {
    truth: "the policy of FORWARD is DROP on the server's node, as docker makes it",
    code: "netfilter-drop",
    says: /the policy drop of chain FORWARD .* on node2/,
    ends: FROM_CHECKOUT,
  },
  "network-overlaps": {
    truth: "a bridge of the client's node has a network with the server's pod in it",
    code: "address-overlap",
    says: /docker0 on node1.*eth0 in pod shop\/payments on node2/,
    ends: FROM_CHECKOUT,
  },
  "gateway-wrong": {
    truth: "the client's default route leads to nobody",
    code: "neighbour-unresolved",
    says: /^10\.244\.1\.99, the next hop to 10\.96\.0\.20, .* in pod shop\/checkout on node1/,
    ends: FROM_CHECKOUT,
  },
  "mtu-errors-dropped": {
    truth: "the way allows 1400 bytes, and the client's node drops what would tell it so",
    code: "mtu-exceeded",
    says: /larger than eth0 allows 1400 .*died at cni0 on node1: the rule .*icmp-type 3\/4/,
    ends: ["pod shop/checkout", "pod shop/payments"],
  },
  "init-container": {
    truth: "the service's only pod is in its init container",
    code: "service-without-endpoint",
    says: /10\.244\.2\.4 \(pod shop\/initing, Pending\) is not/,
    ends: ["pod shop/checkout", "service shop/initing"],
  },
  "host-port-old": {
    truth:
      "the rule for a host port of a sandbox that is gone stands before that of the present one",
    code: "service-without-endpoint",
    says: /192\.168\.60\.2:8088 was translated by iptables-nft to 10\.244\.2\.77:8080/,
    ends: ["pod shop/checkout", "node node2"],
  },
  "rules-old": {
    truth: "kube-proxy was stopped on the client's node, and the pod was replaced after that",
    code: "service-rules-stale",
    says:
      /10\.244\.2\.3, which is no endpoint .* has 10\.244\.2\.5 \(pod shop\/metrics\); .* on node1/,
    ends: ["pod shop/checkout", "service shop/metrics"],
  },
  "no-way-back": {
    truth: "a node asks, and the pod behind the service has no way back to it",
    code: "route-blackhole",
    says: /192\.168\.60\.1 in pod shop\/payments on node2/,
    ends: ["node node1", "service shop/payments"],
  },
  "address-of-two": {
    truth: "the client's node has the address of the server's pod on its loopback device",
    code: "address-duplicate",
    says: /is the address of pod shop\/payments on node2, and lo on node1 has it, too/,
    ends: ["pod shop/own", "service shop/payments"],
  },
  "pod-deleted-open": {
    truth:
      "a pod is deleted and made anew while a client that does not listen has a connection to it",
    code: "destination-gone",
    says: /^pod shop\/ledger on node2 had 10\.244\.2\.6 and is gone, since \S+Z .* stays to it/,
    ends: ["pod shop/checkout", "service shop/ledger"],
  },
  "job-ended": {
    truth: "a Job's pod of four seconds asks a port that no container has, and one that one has",
    code: "no-listener",
    says: /tcp port 8082 at 10\.244\.2\.11 in pod bazaar\/twin on node2/,
    hopsOf: "bazaar/report-nqn97",
    ends: ["pod bazaar/report-nqn97", "service bazaar/twin"],
  },
  "blackhole-ipv6": {
    truth: "of a service of both families the client's node has a blackhole for the pods of IPv6",
    code: "route-blackhole",
    says: /fd00:10:244:2::2 in the host network on node1 refuses packets: blackhole/,
    ends: ["pod shop/checkout", "service shop/both"],
  },
  "no-masquerade": {
    truth: "a pod asks outside, where nobody knows a way to it",
    code: "left-observed-network",
    says: /towards 192\.168\.60\.254/,
    ends: ["pod shop/checkout", undefined],
  },
};

/** Codes of all that is told, each once. */
const codesOf = ({ problems, flows, exchanges }: Report) => [
  ...new Set([...problems, ...flows, ...exchanges].flatMap(({ cause }) => cause?.code ?? [])),
];

Deno.test("each recording of the cluster has its truth", () => {
  const names = [...Deno.readDirSync(RECORDED)].map(({ name }) => name.replace(".archive.gz", ""));
  deepEqual(names.filter((name) => name !== "README.md").sort(), Object.keys(ALL).sort());
});

for (const [name, { truth, code, says, ends, hopsOf }] of Object.entries(ALL)) {
  Deno.test(`in the cluster, ${name}: ${truth}`, async () => {
    const report = await reportOf(`${RECORDED}${name}.archive.gz`, true);
    deepEqual(codesOf(report), code === null ? [] : [code], textOf(report));
    for (const { cause } of report.problems) match(cause?.sentence ?? "", says ?? /^$/);
    ok(
      report.exchanges.some(({ client, server }) =>
        client.name === ends[0] && server.name === ends[1]
      ),
      textOf(report),
    );
    if (hopsOf !== undefined) {
      const pods = report.flows.flatMap(({ path }) => path.map(({ pod }) => pod));
      ok(pods.some((pod) => pod !== undefined && pod === hopsOf));
    }
    const isAnswered = report.exchanges.every(({ outcome }) => outcome === "answered");
    deepEqual([report.problems.length === 0, isAnswered], [code === null, code === null]);
  });
}
