import { deepEqual, equal, throws } from "node:assert/strict";
import { emptyState, type Link } from "../state.ts";
import { matches } from "./match.ts";
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

Deno.test("named filter: prints what reads back, and a filter of packets alone has no names", () => {
  for (const text of ["src pod shop/a*b", "dst netns x", "-n shop pod a or node b", "pod 'a b'"]) {
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
