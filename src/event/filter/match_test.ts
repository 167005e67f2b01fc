import { deepStrictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { type FilterNode, type FilterPacket, matches, matchesAny, parseFilter } from "./mod.ts";
import type { AddressTerm, PortTerm } from "./ast.ts";
import { formatAddress, parseAddress } from "./address.ts";
import { anyFilter, anyPacket } from "./arbitrary.ts";

const check = (text: string, packet: FilterPacket) => matches(parseFilter(text), packet);

const tcp: FilterPacket = {
  network: "ip4",
  protocol: 6,
  source: "10.0.0.1",
  destination: "10.9.0.2",
  sourcePort: 4000,
  destinationPort: 443,
};
const arp: FilterPacket = { network: "arp", source: "10.0.0.1", destination: "10.0.0.2" };
const ping: FilterPacket = {
  network: "ip4",
  protocol: 1,
  source: "10.0.0.1",
  destination: "1.1.1.1",
};
const ping6: FilterPacket = {
  network: "ip6",
  protocol: 58,
  source: "fe80::1",
  destination: "ff02::1",
};

Deno.test("[F8] terms match what they name, and the nearest other thing not", () => {
  const cases: [FilterPacket, string, string][] = [
    [tcp, "", "not ip"],
    [tcp, "host 10.0.0.1", "host 10.0.0.3"],
    [tcp, "src host 10.0.0.1", "dst host 10.0.0.1"],
    [tcp, "src and dst net 10", "src and dst net 10.0"],
    [tcp, "port 443", "src port 443"],
    [tcp, "tcp dst port 443", "udp dst port 443"],
    [tcp, "portrange 443-500", "portrange 444-3999"],
    [tcp, "ip proto 6", "ip6 proto 6"],
    [tcp, "net 0.0.0.0/0", "net ::/0"],
    [tcp, "host 10.0.0.1 and port 443 or 80", "host 10.0.0.1 and port 442 or 80"],
    [arp, "arp", "ip or ip6"],
    [arp, "host 10.0.0.2", "ip host 10.0.0.2"],
    [arp, "arp src host 10.0.0.1", "arp dst host 10.0.0.1"],
    [arp, "not proto 0", "proto 0"],
    [ping, "icmp", "icmp6"],
    [ping, "proto 1", "ip6 proto 1"],
    [ping, "not port 0", "port 0"],
    [ping6, "icmp6", "icmp"],
    [ping6, "net fe80::/10", "net fe80::/128"],
    [{ ...ping6, source: "::ffff:10.0.0.1" }, "host ::ffff:10.0.0.1", "host 10.0.0.1"],
  ];
  for (const [packet, yes, no] of cases) {
    equal(check(yes, packet), true, yes);
    equal(check(no, packet), false, no);
  }
});

Deno.test("[F9] a later fragment has its protocol and addresses, but no ports", () => {
  const { sourcePort: _s, destinationPort: _d, ...fragment } = tcp;
  equal(check("tcp and host 10.0.0.1", fragment), true);
  equal(check("portrange 0-65535", fragment), false);
  equal(check("not port 443", fragment), true);
});

Deno.test("[F10] an ICMP id where ports are kept is no port", () => {
  equal(check("port 443", { ...tcp, protocol: 1 }), false);
  equal(check("port 443", { ...tcp, protocol: 132 }), true);
});

Deno.test("[F11] a packet passes when any of its forms does, also through a not", () => {
  const translated = { ...tcp, destination: "10.244.0.7", destinationPort: 8443 };
  const any = (text: string, ...forms: FilterPacket[]) => matchesAny(parseFilter(text), forms);
  equal(any("port 8443", tcp, translated), true);
  equal(any("port 443 and port 8443", tcp, translated), false);
  equal(any("not port 443", tcp, translated), true);
  equal(any("not port 443", tcp), false);
  equal([any(""), any("not ip")], [true, false]);
});

Deno.test("[F12] a packet of which nothing is known matches nothing but all and negations", () => {
  equal(check("", {}), true);
  equal(check("host 10.0.0.1 or ip or port 1 or proto 0", {}), false);
  equal(check("not host 10.0.0.1", {}), true);
});

/** The same, the slow way: addresses as strings of bits, sides spelled out. */
function reference(node: FilterNode, packet: FilterPacket): boolean {
  switch (node.kind) {
    case "all":
      return true;
    case "not":
      return !reference(node.node, packet);
    case "and":
      return node.nodes.filter((each) => reference(each, packet)).length === node.nodes.length;
    case "or":
      return node.nodes.filter((each) => reference(each, packet)).length > 0;
    case "network":
      return packet.network === node.network;
    case "protocol":
      return packet.network !== "arp" && packet.protocol === node.protocol &&
        [undefined, packet.network].includes(node.network);
    case "port":
      return sides(node, packet.sourcePort, packet.destinationPort, (port) => {
        if (node.protocol !== undefined && node.protocol !== packet.protocol) return false;
        return port >= node.low && port <= node.high;
      });
    case "address":
      return sides(node, packet.source, packet.destination, (text) => {
        if (node.network !== undefined && node.network !== packet.network) return false;
        if (text.includes(":") !== (node.version === 6)) return false;
        const digits = (bits: bigint) => bits.toString(2).padStart(128, "0");
        const [mask, want] = [digits(node.mask), digits(node.bits)];
        return [...digits(parseAddress(text)!.bits)]
          .every((digit, i) => mask[i] === "0" || digit === want[i]);
      });
  }
}

function sides<T>(
  { side }: AddressTerm | PortTerm,
  source: T | undefined,
  destination: T | undefined,
  holds: (end: T) => boolean,
): boolean {
  const results = [source, destination].map((end) => end !== undefined && holds(end));
  if (side === "source") return results[0]!;
  if (side === "destination") return results[1]!;
  return side === "both" ? results[0]! && results[1]! : results[0]! || results[1]!;
}

Deno.test("[F13] the matcher agrees with a naive reference", () => {
  let matched = 0;
  fc.assert(
    fc.property(anyFilter, fc.array(anyPacket, { minLength: 5 }), (text, packets) => {
      const node = parseFilter(text);
      for (const packet of packets) {
        const does = matches(node, packet);
        equal(does, reference(node, packet), `${text} on ${JSON.stringify(packet)}`);
        if (does) matched++;
        const spelled = { ...packet, source: formatAddress(parseAddress(packet.source!)!) };
        equal(matches(node, spelled), does);
      }
    }),
    { seed: 23, numRuns: 1000 },
  );
  equal(matched > 1000, true, "random packets must meet random filters");
});
