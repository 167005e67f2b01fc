/** Fragments after the first have no ports, and a filter by port drops them. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { udp } from "../traffic/programs.ts";
import { udpServer } from "../traffic/servers.ts";
import { type Row, row } from "../worlds/row.ts";

interface Variation {
  name: string;
  family: 4 | 6;
  nets: readonly [string, string];
  port: number;
  /** iptables on the server, instead of nft on the router. */
  onServer: boolean;
}

function variation({ name, family, nets, port, onServer }: Variation): AnyCase {
  return reportedCase<Row>({
    name,
    reported: {
      words: "small questions are answered, large ones (EDNS, RADIUS, IKE) get nothing",
      where: ["RFC 8900", "questions on UDP fragments and stateless filters"],
    },
    truth:
      "the filter accepts by UDP port and keeps no state; fragments after the first have no ports " +
      "and meet the drop at its end",
    lay(topology, broken) {
      const place = row(topology, { family, nets, hosts: [[3], [4]] });
      const six = family === 6;
      if (onServer) {
        const at = place.host(2, 4);
        const lines = [
          ...(six ? ["-A INPUT -p ipv6-icmp -j ACCEPT"] : []),
          `-A INPUT -p udp -m udp --dport ${port} -j ACCEPT`,
          // Reassembly comes before a filter only where conntrack is used.
          ...(broken ? [] : ["-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT"]),
          "-A INPUT -j DROP",
        ];
        // The drop must be met before fragments are put together: in the raw table.
        const raw = lines.map((line) => line.replace("INPUT", "PREROUTING"));
        if (broken) six ? at.ip6tables("raw", ...raw) : at.iptables("raw", ...raw);
        else six ? at.ip6tables("filter", ...lines) : at.iptables("filter", ...lines);
        return place;
      }
      const ip = six ? "ip6" : "ip";
      const later = six ? "exthdr frag exists accept;" : "ip frag-off & 0x1fff != 0 accept;";
      place.router.nft(
        `table ${ip} stateless { chain f { type filter hook forward priority 0; policy accept; ` +
          `${broken ? "" : later} meta l4proto udp udp dport ${port} accept; ` +
          `meta l4proto udp udp sport ${port} accept; ${ip} daddr ${
            place.cidr(2)
          } counter drop; }; }`,
      );
      return place;
    },
    start(place) {
      keepUp(place, udpServer(place.host(2, 4), { port, family }, (data) => data.slice(0, 20)));
    },
    traffic: async (place) => {
      const [client, to] = [place.host(1, 3), place.address(2, 4)];
      return await udp(client, to, port, { count: 2, size: 100, sourcePort: 6_001 }) +
        await udp(client, to, port, { count: 2, size: 2_600, sourcePort: 6_002 });
    },
    happened: /udp: 2 of 2.*\nudp: 0 of 2/,
    well: /udp: 2 of 2.*\nudp: 2 of 2/,
    asks: (place) => [{ name: "by server", filter: `udp and host ${place.address(2, 4)}` }],
    musts: (place) => [{
      protocol: "udp",
      client: place.address(1, 3),
      server: place.address(2, 4),
      port,
      outcomes: ["unanswered"],
      codes: ["fragment-without-ports"],
      alsoTrue: ["netfilter-drop"],
      heals: true,
      says: {
        "the port that the rule wants": fact(String(port)),
        "that it is a fragment": /fragment/i,
      },
    }],
  });
}

export const fragments: AnyCase[] = [
  variation({
    name: "46-fragment-without-ports",
    family: 4,
    nets: ["10.46.1", "10.46.2"],
    port: 1_812,
    onServer: false,
  }),
  variation({
    name: "46-fragment-without-ports.raw",
    family: 4,
    nets: ["172.16.46", "172.16.47"],
    port: 500,
    onServer: true,
  }),
];
