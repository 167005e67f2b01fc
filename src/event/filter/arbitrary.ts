/** Random filters and packets for property tests, out of few values so that they often meet. */
import fc from "fast-check";
import type { FilterPacket } from "./match.ts";

const ADDRESSES4 = ["10.0.0.1", "10.0.0.2", "10.1.0.1", "192.168.7.9", "255.255.255.255"];
const ADDRESSES6 = ["::1", "2001:db8::1", "2001:db8:0:1::2", "fe80::ff:fe00:1", "::ffff:10.0.0.1"];
const NETS = ["10", "10.0.0.0/30", "10.0.0.0 mask 255.0.0.255", "0.0.0.0/0", "192.168.7.8/31"];
const NETS6 = ["2001:db8::/32", "2001:db8::/63", "::/0", "fe80::/10", "2001:db8:0:1::/64"];
const PORTS = [0, 53, 80, 255, 256, 443, 8080, 65_535];
const PROTOCOLS = [0, 1, 6, 17, 47, 58, 132];

const side = fc.constantFrom("", "src ", "dst ", "src or dst ", "src and dst ");
const address4 = fc.constantFrom(...ADDRESSES4);
const address6 = fc.constantFrom(...ADDRESSES6);
const port = fc.constantFrom(...PORTS);
const text = (...parts: (string | fc.Arbitrary<string | number>)[]) =>
  fc.tuple(...parts.map((part) => typeof part === "string" ? fc.constant(part) : part))
    .map((words) => words.join(""));

const term = fc.oneof(
  text(fc.constantFrom("", "ip ", "arp "), side, "host ", address4),
  text(fc.constantFrom("", "ip6 "), side, "host ", address6),
  text(fc.constantFrom("", "ip ", "arp "), side, "net ", fc.constantFrom(...NETS)),
  text(side, "net ", fc.constantFrom(...NETS6)),
  text(fc.constantFrom("", "tcp ", "udp ", "sctp "), side, "port ", port),
  text(fc.constantFrom("", "tcp "), side, "portrange ", port, "-", port),
  text(fc.constantFrom("", "ip ", "ip6 "), "proto ", fc.constantFrom(...PROTOCOLS)),
  fc.constantFrom("ip", "ip6", "arp", "icmp", "icmp6", "tcp", "udp", "sctp"),
);

/** A filter's text, fully qualified. */
export const anyFilter: fc.Arbitrary<string> = fc.letrec<{ filter: string; group: string }>(
  (tie) => ({
    filter: fc.oneof({ maxDepth: 3 }, term, tie("group")),
    group: fc.oneof(
      text("not ", term),
      text("not (", tie("filter"), ")"),
      fc.tuple(
        fc.constantFrom(" and ", " or "),
        fc.array(tie("filter"), { minLength: 2, maxLength: 3 }),
      ).map(([sign, parts]) => parts.map((part) => `(${part})`).join(sign)),
    ),
  }),
).filter;

/** A packet as a probe can see one: ports with TCP, UDP and SCTP alone, sometimes a fragment. */
export const anyPacket: fc.Arbitrary<FilterPacket> = fc.record({
  network: fc.constantFrom("ip4", "ip6", "arp"),
  protocol: fc.constantFrom(...PROTOCOLS),
  ends4: fc.tuple(address4, address4),
  ends6: fc.tuple(address6, address6),
  ports: fc.tuple(port, port),
  fragment: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
}).map(({ network, protocol, ends4, ends6, ports, fragment }) => {
  const [source, destination] = network === "ip6" ? ends6 : ends4;
  if (network === "arp") return { network, source, destination };
  const packet = { network, protocol, source, destination } as FilterPacket;
  if (fragment || ![6, 17, 132].includes(protocol)) return packet;
  return { ...packet, sourcePort: ports[0], destinationPort: ports[1] };
});
