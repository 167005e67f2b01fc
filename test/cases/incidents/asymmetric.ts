/** The answer takes another way than the question, and a firewall there knows nothing of it. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { type AnyCase, type Place, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";

interface Two extends Place {
  client: Namespace;
  server: Namespace;
}

interface Variation {
  name: string;
  family: 4 | 6;
  net: string;
  /** Names of the two firewalls: of the questions, of the answers. */
  there: string;
  back: string;
}

/** Two firewalls side by side between two networks; the server's route leads to the other one. */
function variation({ name, family, net, there, back }: Variation): AnyCase {
  const six = family === 6;
  const address = (n: number, host: number) => six ? `${net}:${n}::${host}` : `${net}.${n}.${host}`;
  const cidr = (n: number) => six ? `${net}:${n}::/64` : `${net}.${n}.0/24`;
  const length = six ? 64 : 24;
  return reportedCase<Two>({
    name,
    reported: {
      words: "ping passes both ways, TCP hangs: the firewall logs invalid packets",
      where: ["questions on asymmetric routing and stateful firewalls"],
    },
    truth:
      "the question passes one firewall, the server's route sends the answer to the other, which " +
      "has not seen the SYN and drops the answer as invalid",
    lay(topology, broken) {
      const options = { ipv6: six, forwarding: true };
      const client = topology.namespace("client", { ipv6: six });
      const server = topology.namespace("server", { ipv6: six });
      const walls = [there, back].map((role) => topology.namespace(role, options));
      const [left, right] = [topology.namespace("left"), topology.namespace("right")];
      topology.veth(client, "eth0", left, "p0");
      topology.veth(server, "eth0", right, "p0");
      walls.forEach((wall, i) => {
        topology.veth(wall, "in", left, `p${i + 1}`);
        topology.veth(wall, "out", right, `p${i + 1}`);
        wall.address("in", `${address(1, 1 + i)}/${length}`).address(
          "out",
          `${address(2, 1 + i)}/${length}`,
        );
        wall.nft(
          "table inet fw { chain f { type filter hook forward priority 0; policy accept; " +
            "ct state established,related accept; ct state invalid counter drop; }; }",
        );
      });
      for (const wire of [left, right]) wire.bridge("br0", { ports: ["p0", "p1", "p2"] });
      client.address("eth0", `${address(1, 9)}/${length}`).route(`${cidr(2)} via ${address(1, 1)}`);
      server.address("eth0", `${address(2, 9)}/${length}`)
        .route(`${cidr(1)} via ${address(2, broken ? 2 : 1)}`);
      const nodes = {
        client: [client],
        server: [server],
        [there]: [walls[0]!],
        [back]: [walls[1]!],
      };
      return { nodes, client, server };
    },
    start(place) {
      keepUp(place, webServer(place.server, { port: 443, family }));
    },
    traffic: (place) => curl(place.client, address(2, 9), { port: 443, seconds: 2.5 }),
    happened: /curl: 000/,
    well: /curl: 200/,
    asks: () => [{ name: "by server", filter: `host ${address(2, 9)}` }],
    musts: () => [{
      protocol: "tcp",
      client: address(1, 9),
      server: address(2, 9),
      port: 443,
      outcomes: ["unanswered"],
      codes: ["asymmetric-path"],
      alsoTrue: ["conntrack-invalid"],
      says: { "both ways": fact(there, back), "the server's route": fact(address(2, 2)) },
    }],
  });
}

export const asymmetric: AnyCase[] = [
  variation({ name: "45-asymmetric-path", family: 4, net: "10.45", there: "fw-a", back: "fw-b" }),
  variation({
    name: "45-asymmetric-path.six",
    family: 6,
    net: "fd45",
    there: "north",
    back: "south",
  }),
];
