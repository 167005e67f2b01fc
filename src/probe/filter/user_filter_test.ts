import { deepStrictEqual as equal } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import { parseFilter, printFilter } from "../../event/filter/mod.ts";
import { keeps, mayMatch, mirrored, withoutPorts } from "./user_filter.ts";

const packet = (some: Partial<Event>): Event => ({
  kind: "device-rx",
  timeNs: 1n,
  cpu: 0,
  network: "ip4",
  protocol: 6,
  source: "10.0.0.1",
  destination: "10.0.0.2",
  sourcePort: 4000,
  destinationPort: 80,
  ...some,
});

Deno.test("user filter: the mirrored filter is the one of the answers", () => {
  equal(
    printFilter(mirrored(parseFilter("src host 10.0.0.1 and not dst port 80 and tcp"))),
    "dst host 10.0.0.1 and not src port 80 and tcp",
  );
  equal(printFilter(mirrored(parseFilter("host 10.0.0.1"))), "host 10.0.0.1");
});

Deno.test("user filter: a packet is kept for any of its forms", () => {
  const filter = parseFilter("host 192.0.2.1");
  equal(keeps(filter, packet({})), false);
  equal(keeps(filter, packet({ source: "192.0.2.1" })), true);
  const tunnel = { tunnelKind: "vxlan" as const, tunnelDestinationPort: 4789 };
  equal(keeps(filter, packet({ ...tunnel, tunnelSource: "192.0.2.1" })), true);
  equal(keeps(filter, packet({ conntrackSource: "192.0.2.1" })), true);
});

Deno.test("user filter: what tells why packets vanish is kept whatever was asked for", () => {
  const filter = parseFilter("host 192.0.2.1");
  equal(keeps(filter, packet({ network: "arp", protocol: undefined })), true);
  equal(keeps(filter, packet({ protocol: 1, icmpType: 3 })), true);
  equal(keeps(filter, packet({ protocol: 1, icmpType: 8 })), false);
  equal(keeps(filter, packet({ network: "ip6", protocol: 58, icmpType: 135 })), true);
  equal(keeps(filter, packet({ network: "ip6", protocol: 58, icmpType: 128 })), false);
});

Deno.test("user filter: later fragments have no ports to refuse them for", () => {
  equal(
    printFilter(withoutPorts(parseFilter("udp port 53 and host 10.0.0.2"))),
    "udp and host 10.0.0.2",
  );
  const filter = parseFilter("tcp port 443 and host 10.0.0.2");
  const fragment = { sourcePort: undefined, destinationPort: undefined, fragmentOffset: 1480 };
  equal(keeps(filter, packet(fragment)), true);
  equal(keeps(filter, packet({ ...fragment, fragmentOffset: 0 })), false);
  equal(keeps(filter, packet({ ...fragment, destination: "10.0.0.3" })), false);
});

Deno.test("user filter: a lookup may match by what it does not tell, never against what it does", () => {
  const lookup = { network: "ip4" as const, source: "0.0.0.0", destination: "10.0.0.2" };
  const may = (text: string) => mayMatch(parseFilter(text), lookup);
  equal(may("icmp"), true);
  equal(may("tcp port 80"), true);
  equal(may("host 10.0.0.2"), true);
  equal(may("src host 10.0.0.1"), true);
  equal(may("host 10.0.0.1"), true);
  equal(may("dst host 10.0.0.9 and icmp"), false);
  equal(may("ip6"), false);
  equal(may("not ip"), false);
  equal(mayMatch(parseFilter("host 10.0.0.9"), { ...lookup, source: "10.0.0.1" }), false);
  equal(mayMatch(parseFilter("udp"), { ...lookup, protocol: 6 }), false);
  equal(mayMatch(parseFilter("port 53"), { ...lookup, protocol: 1 }), false);
});
