import { deepEqual, equal, throws } from "node:assert/strict";
import { emptyState, type Link, type NetfilterRule, type NetfilterSet } from "../state.ts";
import { matches } from "./match.ts";
import { placeOfEndpoints, placeOfNode, placeOfPod, placeOfService } from "./cluster_places.ts";
import { servicePlaces } from "./service_places.ts";
import { unknownNames } from "./unknown.ts";
import { isNamed, placeOfState, resolveNames } from "./resolve.ts";
import { parseFilter, parseNamedFilter, parseReportFilter } from "./parse.ts";
import { printFilter } from "./print.ts";

const link = (...addresses: string[]) => ({
  kind: "veth",
  addresses: addresses.map((address) => ({ address, prefix: 24 })),
} as Link);

const pod = (netns: number, name: string, ...addresses: string[]) => {
  const [namespace, short] = name.split("/");
  const holder = { pod: { namespace: namespace!, name: short!, uid: `${netns}` } };
  const state = emptyState(netns, "1", {
    name: `cni-${netns}`,
    holder,
    links: [link(...addresses)],
  });
  return placeOfState(state, { node: "worker", own: false });
};

const PLACES = [
  pod(1, "shop/checkout-0", "10.0.0.1", "fd00::1"),
  pod(2, "shop/web-7d4b", "10.0.0.2"),
  pod(3, "other/checkout-0", "10.0.0.3"),
  pod(4, "other/empty"),
  placeOfState(emptyState(9, "1", { links: [link("192.0.2.1")] }), { node: "worker", own: true }),
];
const resolved = (text: string) => printFilter(resolveNames(parseNamedFilter(text), PLACES));

Deno.test("named filter: names of pods, namespaces and nodes become their addresses [F29]", () => {
  equal(resolved("pod shop/checkout-0"), "host 10.0.0.1 or host fd00::1");
  equal(resolved("pod/web-7d4b"), "host 10.0.0.2");
  equal(resolved("pod/shop/web-*"), "host 10.0.0.2");
  equal(resolved("pod checkout-0"), "host 10.0.0.1 or host 10.0.0.3 or host fd00::1");
  equal(resolved("src pod web-7d4b and dst port 80"), "src host 10.0.0.2 and dst port 80");
  equal(resolved("netns cni-2 or netns 3"), "host 10.0.0.2 or host 10.0.0.3");
  equal(resolved("node/worker and not pod web-7d4b"), "host 192.0.2.1 and not host 10.0.0.2");
});

Deno.test("named filter: what nothing has, or what has no address yet, is no packet, not every packet", () => {
  const packet = { network: "ip4", source: "10.0.0.1", destination: "10.0.0.2" } as const;
  for (const text of ["pod nobody", "pod other/empty", "pod nobody and port 80", "node nobody"]) {
    equal(matches(resolveNames(parseNamedFilter(text), PLACES), packet), false, text);
  }
  equal(resolved("pod nobody or port 80"), "port 80");
  equal(resolved("not pod nobody and port 80"), "port 80");
  equal(resolved("not pod nobody"), "");
});

Deno.test("named filter: -n NAMESPACE is of the pods that are named, else of all its pods; -A of any", () => {
  equal(resolved("-n shop pod checkout-0"), "host 10.0.0.1 or host fd00::1");
  equal(resolved("-n shop"), "host 10.0.0.1 or host 10.0.0.2 or host fd00::1");
  equal(resolved("-n other pod *-0 and port 80"), "host 10.0.0.3 and port 80");
  equal(resolved("-n other pod shop/web-*"), "host 10.0.0.2");
  equal(resolved("-n other port 80"), "host 10.0.0.3 and port 80");
  equal(resolved("-A pod web-7d4b"), "host 10.0.0.2");
  for (const text of ["-n", "-n (", "-n shop/x", "pod", "pod/", "port pod x"]) {
    throws(() => parseNamedFilter(text), { code: "filter_malformed" }, text);
  }
});

Deno.test("named filter: services by the comments of kube-proxy's rules, Deployments by names of pods", () => {
  const rule = (chain: string, text: string) => ({ chain, text } as NetfilterRule);
  const to = "-p tcp -m comment --comment";
  const places = [
    ...servicePlaces({
      netfilter: [
        rule("KUBE-SERVICES", `-d 10.96.0.20/32 ${to} "shop/pay:http cluster IP" -j KUBE-SVC-A`),
        rule("KUBE-SERVICES", `-d 10.96.0.30/32 ${to} "shop/none has no endpoints" -j REJECT`),
        rule("KUBE-SERVICES", `! -d 10.96.0.9/32 ${to} "kubernetes service portals" -j RETURN`),
        rule("MINE", `-d 10.0.0.9/32 ${to} "shop/pay cluster IP" -j ACCEPT`),
      ],
      sets: [{
        name: "service-ips",
        elements: [[{
          elem: { val: { concat: ["10.96.0.40", "tcp", 80] }, comment: "shop/nft:http" },
        }, { goto: "x" }]],
      } as unknown as NetfilterSet],
    }, "worker"),
    pod(5, "shop/web-7d4b9c6f5-x2x7k", "10.0.0.5"),
    pod(6, "shop/web-7d4b-7d4b9c6f5-x2x7k", "10.0.0.6"),
    { ...pod(7, "shop/odd", "10.0.0.7"), deployment: "shop/web" },
  ];
  const resolved = (text: string) => printFilter(resolveNames(parseNamedFilter(text), places));
  equal(resolved("svc/pay"), "host 10.96.0.20");
  equal(resolved("dst svc shop/none and tcp"), "dst host 10.96.0.30 and tcp");
  equal(resolved("service/nft"), "host 10.96.0.40");
  equal(resolved("deploy/web"), "host 10.0.0.5 or host 10.0.0.7");
  equal(resolved("-n shop deployment/web-7d4b"), "host 10.0.0.6");
  equal(resolved("-n other svc/pay or port 9"), "port 9");
  equal(
    resolved("-n shop svc/*"),
    "host 10.96.0.20 or host 10.96.0.30 or host 10.96.0.40",
  );
});

Deno.test("named filter: a cluster's API knows pods, nodes, services and where these lead", () => {
  const places = [
    placeOfPod({
      namespace: "shop",
      name: "odd",
      addresses: ["10.0.0.7"],
      owner: { kind: "Deployment", name: "web" },
    }),
    placeOfPod({ namespace: "shop", name: "hosted", hostNetwork: true, addresses: ["192.0.2.9"] }),
    placeOfNode({ name: "n9", addresses: ["192.0.2.9", "fd00::9"] }),
    placeOfService({
      namespace: "shop",
      name: "pay",
      type: "ClusterIP",
      clusterAddresses: ["10.96.0.20"],
      ports: [],
    }),
    placeOfEndpoints({
      namespace: "shop",
      name: "pay-1",
      service: "pay",
      ports: [],
      endpoints: [{ addresses: ["10.0.0.8"], ready: false }],
    }),
  ];
  const resolved = (text: string) => printFilter(resolveNames(parseNamedFilter(text), places));
  equal(resolved("svc/pay and port 80"), "(host 10.0.0.8 or host 10.96.0.20) and port 80");
  equal(resolved("deploy/shop/web"), "host 10.0.0.7");
  equal(resolved("node/n9"), "host 192.0.2.9 or host fd00::9");
  // It has the node's address: every packet of the node would be its own.
  equal(resolved("pod/hosted"), "not ");
});

Deno.test("named filter: a name that nothing has is told, with what is called nearly so", () => {
  const unknown = (text: string) => unknownNames(parseNamedFilter(text), PLACES);
  deepEqual(unknown("pod shop/checkout-0 and node worker and not netns cni-2"), []);
  deepEqual(unknown("pod chekout-0 or tcp"), [{
    name: "pod/chekout-0",
    near: ["pod/other/checkout-0", "pod/shop/checkout-0"],
  }]);
  deepEqual(unknown("-n shop pod web"), [{ name: "pod/shop/web", near: ["pod/shop/web-7d4b"] }]);
  deepEqual(unknown("svc nobody"), [{ name: "svc/nobody", near: [] }]);
});

Deno.test("named filter: prints what reads back, and a filter of packets alone has no names", () => {
  for (
    const text of [
      "svc shop/*",
      "src deploy a",
      "src pod shop/a*b",
      "dst netns x",
      "-n shop pod a or node b",
      "pod 'a b'",
    ]
  ) {
    const node = parseNamedFilter(text.replaceAll("'", '"'));
    deepEqual(parseNamedFilter(printFilter(node)), node, text);
    equal(isNamed(node), true);
  }
  equal(isNamed(parseNamedFilter("host 10.0.0.1 and port 80")), false);
  for (const text of ["pod a", "netns a", "-n a"]) {
    throws(() => parseFilter(text), { code: "filter_malformed" }, text);
  }
  throws(() => parseNamedFilter("cause no-listener"), { code: "filter_malformed" });
  throws(() => parseReportFilter("src pod a"), { code: "filter_malformed" });
});
