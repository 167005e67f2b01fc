/** A service of the client's own network, translated by its router: the answer comes directly. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact, NO_SOCKET } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl, udp } from "../traffic/programs.ts";
import { udpServer, webServer } from "../traffic/servers.ts";
import { type Lan, lan } from "../worlds/lan.ts";

interface Variation {
  name: string;
  family: 4 | 6;
  net: string;
  /** The public address, which the router translates. */
  service: string;
  protocol: "tcp" | "udp";
  /** The router is a node as well. */
  routerProbed: boolean;
}

function variation(options: Variation): AnyCase {
  const { name, family, net, service, protocol, routerProbed } = options;
  const port = protocol === "tcp" ? 443 : 5_060;
  const six = family === 6;
  return reportedCase<Lan>({
    name,
    reported: {
      words: "from the internet the port forward works, from the server's own network it does not",
      where: ["questions on hairpin NAT and NAT reflection", "openwrt and pfSense manuals"],
    },
    truth:
      "the router translates the question and leaves the client as its source; the server is on " +
      "the client's network and answers it directly, past the router that would translate back",
    lay(topology, broken) {
      const machines = { router: 1, client: 10, server: 20 };
      const place = lan(topology, { family, net, machines, forwarding: ["router"] });
      for (const role of ["client", "server"]) {
        place.machine(role).route(`${six ? "::/0" : "default"} via ${place.address("router")}`);
      }
      const ip = six ? "ip6" : "ip";
      const own = `${ip} saddr ${net}${six ? "::/64" : ".0/24"} ${ip} daddr ${
        place.address("server")
      }`;
      place.machine("router").nft(
        `table ${ip} nat { chain pre { type nat hook prerouting priority dstnat; ` +
          `${ip} daddr ${service} ${protocol} dport ${port} dnat to ${
            place.address("server")
          }; }; ` +
          `chain post { type nat hook postrouting priority srcnat; ` +
          `${broken ? "" : `${own} masquerade;`} }; }`,
      );
      const { router, ...others } = place.nodes;
      return { ...place, nodes: routerProbed ? { router: router!, ...others } : others };
    },
    start(place) {
      const make = protocol === "tcp" ? webServer : udpServer;
      keepUp(place, make(place.machine("server"), { port, family }));
    },
    traffic: (place) =>
      protocol === "tcp"
        ? curl(place.machine("client"), service, { port, seconds: 2.5 })
        : udp(place.machine("client"), service, port, { count: 2 }),
    happened: /curl: 000|udp: 0 of 2/,
    well: /curl: 200|udp: 2 of 2/,
    asks: (place) => [
      { name: "by service", filter: `host ${service}` },
      { name: "by client", filter: `host ${place.address("client")} and ${protocol}` },
    ],
    musts: (place) => [{
      protocol,
      client: place.address("client"),
      server: service,
      port,
      outcomes: ["mis-answered"],
      codes: ["reply-not-translated", ...routerProbed ? [] : ["reply-from-other-address"]],
      alsoTrue: ["asymmetric-path"],
      says: {
        "whose address the answer came with": fact(place.address("server")),
        "what was asked": fact(service),
        ...(routerProbed ? { "the node that translates": fact("router") } : {}),
      },
    }],
    never: () => ({ "that no socket is bound": NO_SOCKET }),
    // Where the router has no probe, that the question left what is watched is true and no blame.
    ...(routerProbed ? {} : { fineWhenWell: ["left-observed-network"] }),
  });
}

export const hairpin: AnyCase[] = [
  variation({
    name: "03-hairpin-nat",
    family: 4,
    net: "192.168.3",
    service: "203.0.113.80",
    protocol: "tcp",
    routerProbed: true,
  }),
  variation({
    name: "03-hairpin-nat.six",
    family: 6,
    net: "fd03:1",
    service: "2001:db8:3::80",
    protocol: "udp",
    routerProbed: true,
  }),
  variation({
    name: "03-hairpin-nat.unprobed",
    family: 4,
    net: "10.3.3",
    service: "198.51.100.3",
    protocol: "udp",
    routerProbed: false,
  }),
];
