/** NAT has no port left for another connection to the same server. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl, udp } from "../traffic/programs.ts";
import { keepConnected } from "../traffic/connections.ts";
import { udpServer, webServer } from "../traffic/servers.ts";
import { type Row, row } from "../worlds/row.ts";

interface Variation {
  name: string;
  family: 4 | 6;
  protocol: "tcp" | "udp";
  nets: readonly [string, string];
  /** iptables instead of nft. */
  iptables: boolean;
  first: number;
}

function variation({ name, family, protocol, nets, iptables, first }: Variation): AnyCase {
  const port = protocol === "udp" ? 53 : 80;
  const range = (broken: boolean) => `${first}-${first + (broken ? 1 : 400)}`;
  return reportedCase<Row>({
    name,
    reported: {
      words: "at busy times some new connections through the NAT gateway hang, old ones go on",
      where: ["cloud providers' pages on SNAT port exhaustion", "questions on insert_failed"],
    },
    truth:
      "the rule allows two source ports, both are taken by connections to the same server, and " +
      "NAT drops what would need a third",
    lay(topology, broken) {
      const place = row(topology, { family, nets, hosts: [[5], [6]] });
      const own = place.gateway(2);
      const out = place.port(2, 6);
      const where = family === 6 ? `[${own}]` : own;
      if (iptables) {
        const rule = `-A POSTROUTING -o ${out} -p ${protocol} -j MASQUERADE --to-ports ${
          range(broken)
        }`;
        if (family === 6) place.router.ip6tables("nat", rule);
        else place.router.iptables("nat", rule);
      } else {
        place.router.nft(
          `table inet nat { chain post { type nat hook postrouting priority srcnat; ` +
            `oifname "${out}" meta l4proto ${protocol} snat ${family === 6 ? "ip6" : "ip"} ` +
            `to ${where}:${range(broken)}; }; }`,
        );
      }
      return place;
    },
    async start(place) {
      const at = place.host(2, 6);
      const server = protocol === "udp"
        ? udpServer(at, { port, family })
        : webServer(at, { port, family });
      keepUp(place, server);
      for (let i = 0; i < 2; i++) {
        const [client, to] = [place.host(1, 5), place.address(2, 6)];
        if (protocol === "udp") await udp(client, to, port, { count: 1, sourcePort: 4_001 + i });
        else keepUp(place, await keepConnected(client, to, port));
      }
    },
    traffic: (place) =>
      protocol === "udp"
        ? udp(place.host(1, 5), place.address(2, 6), port, { count: 3, sourcePort: 4_099 })
        : curl(place.host(1, 5), place.address(2, 6), { port, seconds: 2.5 }),
    happened: /udp: 0 of 3|curl: 000/,
    well: /udp: 3 of 3|curl: 200/,
    asks: (place) => [{
      name: "by server",
      filter: `${protocol} port ${port} and host ${place.address(2, 6)}`,
    }],
    musts: (place) => [{
      protocol,
      client: place.address(1, 5),
      server: place.address(2, 6),
      port,
      outcomes: ["unanswered"],
      codes: ["nat-ports-exhausted"],
      alsoTrue: ["netfilter-drop"],
      heals: true,
      says: {
        "the rule's ports": new RegExp(`${first}\\D{1,5}${first + 1}`),
        "where": fact("router"),
      },
    }],
  });
}

export const natPorts: AnyCase[] = [
  variation({
    name: "40-nat-ports-exhausted",
    family: 4,
    protocol: "tcp",
    nets: ["10.0.5", "203.0.113"],
    iptables: true,
    first: 40_000,
  }),
  variation({
    name: "40-nat-ports-exhausted.udp",
    family: 4,
    protocol: "udp",
    nets: ["172.27.0", "198.51.100"],
    iptables: false,
    first: 61_000,
  }),
  variation({
    name: "40-nat-ports-exhausted.six",
    family: 6,
    protocol: "udp",
    nets: ["fd61:1", "fd61:2"],
    iptables: true,
    first: 50_000,
  }),
];
