import { deepStrictEqual as equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  ALL,
  type FilterPacket,
  matches,
  matchesAny,
  parseFilter,
  type Peer,
  printFilter,
  type Translation,
  widen,
  WIDENINGS_MAX,
} from "./mod.ts";
import { hasAddress, parseAddress, parseSubnet } from "./address.ts";
import { anyFilter, anyPacket } from "./arbitrary.ts";
import { seedCount } from "../../../test/sim/seed_count.ts";

const SERVICE = { address: "10.96.0.10", port: 53, protocol: 17 };
const POD = { address: "10.244.0.7", port: 5353 };
const DNAT: Translation = { from: SERVICE, to: POD };
const CLIENT = "10.244.1.9";
const NODE = "192.168.0.2";

const wide = (text: string, ...translations: Translation[]) =>
  printFilter(widen(parseFilter(text), translations));

const udp = (
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
): FilterPacket => ({
  network: "ip4",
  protocol: 17,
  source,
  sourcePort,
  destination,
  destinationPort,
});

Deno.test("[F19] a service's filter sees the pod behind it, on that port alone", () => {
  const filter = widen(parseFilter("host 10.96.0.10 and port 53"), [DNAT]);
  equal(
    printFilter(filter),
    "(host 10.96.0.10 and port 53) or (udp and src port 5353 and ip src host 10.244.0.7)" +
      " or (udp and dst port 5353 and ip dst host 10.244.0.7)",
  );
  equal(matches(filter, udp(CLIENT, 4000, SERVICE.address, 53)), true);
  equal(matches(filter, udp(CLIENT, 4000, POD.address, 5353)), true);
  equal(matches(filter, udp(POD.address, 5353, CLIENT, 4000)), true);
  equal(matches(filter, udp(CLIENT, 4000, POD.address, 53)), false);
  equal(matches(filter, udp(CLIENT, 4000, NODE, 5353)), false);
  equal(matches(filter, { ...udp(CLIENT, 4000, POD.address, 5353), protocol: 6 }), false);
});

Deno.test("[F20] a pod's filter sees the service before its translation", () => {
  const filter = widen(parseFilter("dst host 10.244.0.7"), [DNAT]);
  equal(matches(filter, udp(CLIENT, 4000, SERVICE.address, 53)), true);
  equal(matches(filter, udp(CLIENT, 4000, SERVICE.address, 54)), false);
  equal(matches(filter, udp(SERVICE.address, 53, CLIENT, 4000)), false);
});

Deno.test("[F21] other terms about a packet still hold after its translation", () => {
  const filter = widen(parseFilter(`src host ${CLIENT} and dst port 53`), [DNAT]);
  equal(matches(filter, udp(CLIENT, 4000, POD.address, 5353)), true);
  equal(matches(filter, udp(NODE, 4000, POD.address, 5353)), false);
  equal(wide("tcp and host 10.96.0.10", DNAT), "tcp and host 10.96.0.10");
});

Deno.test("[F22] both ends may be translated at once", () => {
  const masquerade = { from: { address: CLIENT }, to: { address: NODE } };
  const text = `src host ${CLIENT} and dst host 10.96.0.10`;
  const filter = widen(parseFilter(text), [DNAT, masquerade]);
  for (const source of [CLIENT, NODE]) {
    equal(matches(filter, udp(source, 4000, SERVICE.address, 53)), true);
    equal(matches(filter, udp(source, 4000, POD.address, 5353)), true);
    equal(matches(filter, udp(source, 4000, POD.address, 5354)), false);
  }
});

Deno.test("[F22] an end is looked for as it becomes only with the others that it becomes so with", () => {
  const masquerade = { from: { address: CLIENT }, to: { address: NODE } };
  const hairpin = { network: parseSubnet(POD.address)!, port: POD.port };
  const text = `host ${CLIENT}`;
  const few = widen(parseFilter(text), [{ ...masquerade, peers: [hairpin] }]);
  equal(matches(few, udp(NODE, 4000, POD.address, 5353)), true);
  equal(matches(few, udp(POD.address, 5353, NODE, 4000)), true);
  equal(matches(few, udp(NODE, 4000, POD.address, 53)), false);
  equal(matches(few, udp(NODE, 4000, "192.0.2.1", 443)), false);
  const rest = { notPeers: [{ network: parseSubnet("10.244.0.0/16")! }], notUdpPorts: [8472] };
  const most = widen(parseFilter(text), [{ ...masquerade, ...rest }]);
  equal(matches(most, udp(NODE, 4000, "192.0.2.1", 443)), true);
  equal(matches(most, udp("192.0.2.1", 443, NODE, 4000)), true);
  equal(matches(most, udp(NODE, 4000, POD.address, 443)), false);
  equal(matches(most, udp(NODE, 4000, "192.168.0.3", 8472)), false);
  equal(matches(most, udp("192.168.0.3", 4000, NODE, 8472)), false);
  // Before it, the other end may be called otherwise.
  const back = widen(parseFilter(`host ${NODE}`), [{ ...masquerade, peers: [hairpin] }]);
  equal(matches(back, udp(CLIENT, 4000, SERVICE.address, 53)), true);
});

Deno.test("[F23] a not passes what does not name the excluded end in one of its forms", () => {
  // As matchesAny has it: the packet's other form, to the pod, does not name the service.
  const filter = widen(parseFilter("not dst port 53"), [DNAT]);
  equal(matches(filter, udp(CLIENT, 4000, SERVICE.address, 53)), true);
  equal(matches(filter, udp(CLIENT, 4000, POD.address, 5353)), true);
  equal(matches(filter, udp(CLIENT, 4000, NODE, 53)), false);
});

Deno.test("[F24] later fragments are seen after translation, as before", () => {
  const fragment = {
    network: "ip4",
    protocol: 17,
    source: CLIENT,
    destination: POD.address,
  } as const;
  equal(matches(widen(parseFilter("host 10.96.0.10"), [DNAT]), fragment), true);
  equal(matches(widen(parseFilter("host 10.96.0.10 and port 53"), [DNAT]), fragment), false);
});

Deno.test("[F25] ARP is never translated, nor what a translation cannot be read from", () => {
  const arp = { network: "arp", source: CLIENT, destination: POD.address } as const;
  equal(matches(widen(parseFilter("host 10.96.0.10"), [DNAT]), arp), false);
  equal(
    wide("host 1.1.1.1", { from: { address: "1.1.1.1" }, to: { address: "::1" } }),
    "host 1.1.1.1",
  );
  equal(
    wide("host 1.1.1.1", { from: { address: "1.1.1.1" }, to: { address: "x" } }),
    "host 1.1.1.1",
  );
});

Deno.test("[F26] ids of ICMP translations are no ports", () => {
  const ping = {
    from: { address: "1.1.1.1", port: 7, protocol: 1 },
    to: { address: "2.2.2.2", port: 8 },
  };
  equal(wide("src host 1.1.1.1", ping), "src host 1.1.1.1 or (proto 1 and ip src host 2.2.2.2)");
});

Deno.test("[F27] translations that change nothing for a filter leave it, and all stays all", () => {
  equal(wide("", DNAT), "");
  equal(wide("host 1.1.1.1", DNAT), "host 1.1.1.1");
  equal(wide("net 10.0.0.0/8", DNAT), "net 10.0.0.0/8");
  equal(wide("udp", DNAT), "udp");
  const many = Array.from({ length: 2 * WIDENINGS_MAX }, (_, i) => ({
    from: SERVICE,
    to: { address: `10.244.0.${i}`, port: 5353 },
  }));
  equal(widen(parseFilter("host 10.96.0.10"), many), ALL);
  equal(wide("host 10.244.0.7", ...many).split(" or ").length < 8, true);
});

/** Packets, and translations of what is in them: chosen apart, the two would seldom meet. */
const anyScene = fc.array(anyPacket, { minLength: 4, maxLength: 8 }).chain((packets) => {
  const ends = packets.flatMap((packet) => [
    { address: packet.source!, port: packet.sourcePort, protocol: packet.protocol },
    { address: packet.destination!, port: packet.destinationPort, protocol: packet.protocol },
  ]);
  const end = fc.tuple(fc.constantFrom(...ends), fc.boolean(), fc.boolean())
    .map(([{ address, port, protocol }, keepPort, keepProtocol]) => ({
      address,
      port: keepPort ? port : undefined,
      protocol: keepProtocol ? protocol : undefined,
    }));
  const peers = fc.option(
    fc.array(end, { minLength: 1, maxLength: 3 }).map((some) =>
      some.map(({ address, port }) => ({ network: parseSubnet(address)!, port }))
    ),
    { nil: undefined },
  );
  const translation = fc.tuple(end, end, peers)
    .map(([from, { address, port }, peers]): Translation => ({
      from,
      to: { address, port },
      ...(peers ? { peers } : {}),
    }));
  const translations = fc.array(translation, { minLength: 1, maxLength: 3 });
  const named = fc.tuple(
    fc.constantFrom("src ", "dst ", ""),
    end,
    fc.constantFrom("and", "or", "and not"),
    anyFilter,
  )
    .map(([side, { address, port }, sign, rest]) =>
      `${side}host ${address} ${port === undefined ? "" : `and port ${port} `}${sign} (${rest})`
    );
  const text = fc.oneof(anyFilter, named, named.map((each) => `not (${each})`));
  return fc.record({ packets: fc.constant(packets), translations, text });
});

type End = { address: string; port?: number };

function isPeer({ address, port }: End, peer: Peer): boolean {
  const own = parseAddress(address);
  return (peer.port === undefined || peer.port === port) && own !== null &&
    hasAddress(peer.network!, own);
}

/** All an end may look like: itself, and one translation away. `exact` unless a port is a guess. */
function looks(end: End, other: End, packet: FilterPacket, translations: Translation[]) {
  const ends: End[] = [end];
  let exact = true;
  const isPorted = end.port !== undefined;
  const isAt = (address: string, port: number | undefined) =>
    address === end.address && (!isPorted || port === undefined || port === end.port);
  const become = (address: string, port: number | undefined) =>
    ends.push({ address, port: isPorted ? port ?? end.port : undefined });
  for (const { from, to, peers } of packet.network === "arp" ? [] : translations) {
    if (from.address.includes(":") !== to.address.includes(":")) continue;
    if (from.protocol !== undefined && from.protocol !== packet.protocol) continue;
    const noPorts = from.protocol !== undefined && ![6, 17, 132].includes(from.protocol);
    const before = noPorts ? undefined : from.port;
    const after = noPorts ? undefined : to.port ?? from.port;
    if (isAt(from.address, before)) become(to.address, after);
    if (!isAt(to.address, after)) continue;
    // What the other end is made from is let through as well.
    if (peers) exact = false;
    if (peers && !peers.some((peer) => isPeer(other, peer))) continue;
    const guessed = before === undefined && after !== undefined && isPorted;
    if (guessed) exact = false;
    for (const port of guessed ? [0, 53, 80, 8080, 65_535] : [before]) become(from.address, port);
  }
  return { ends, exact };
}

/** The packet with each end as it looks in every translation. */
function looksOf(packet: FilterPacket, translations: Translation[]) {
  const { source, sourcePort, destination, destinationPort } = packet;
  const sender = { address: source!, port: sourcePort };
  const target = { address: destination!, port: destinationPort };
  const from = looks(sender, target, packet, translations);
  const to = looks(target, sender, packet, translations);
  const forms = from.ends.flatMap((source) =>
    to.ends.map((destination): FilterPacket => ({
      ...packet,
      source: source.address,
      sourcePort: source.port,
      destination: destination.address,
      destinationPort: destination.port,
    }))
  );
  return { forms, exact: from.exact && to.exact };
}

Deno.test("[F28] the widened filter passes what the filter matches in some translation", () => {
  const runs = seedCount(8_000, 1_000);
  let gained = 0;
  fc.assert(
    fc.property(anyScene, ({ packets, translations, text }) => {
      const node = parseFilter(text);
      const widened = widen(node, translations);
      for (const packet of packets) {
        const { forms, exact } = looksOf(packet, translations);
        const should = matchesAny(node, forms);
        const does = matches(widened, packet);
        const context = `${text} => ${printFilter(widened)} on ${JSON.stringify(packet)}`;
        if (exact) equal(does, should, context);
        else if (should) ok(does, context);
        if (does && !matches(node, packet)) gained++;
      }
    }),
    { seed: 23, numRuns: runs },
  );
  ok(gained > 300 / 8_000 * runs, `random translations must matter, did ${gained} times`);
});
