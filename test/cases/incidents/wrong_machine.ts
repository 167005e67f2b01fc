/** A frame goes to a machine that is not meant: an address that two have, or that moved. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl, ping } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";
import { type Lan, lan } from "../worlds/lan.ts";
import { must } from "../worlds/kube_proxy.ts";

interface Variation {
  name: string;
  family: 4 | 6;
  net: string;
  device: string;
  protocol: "tcp" | "icmp" | "icmp6";
}

/** What a client believes: as it learned from the machine's own announcement. */
function believe(place: Lan, client: string, address: string, machine: string): Promise<string> {
  const entry = ["lladdr", place.mac(machine), "dev", place.device, "nud", "stale"];
  return must(place.machine(client), ["ip", "neigh", "replace", address, ...entry]);
}

function duplicate({ name, family, net, device, protocol }: Variation): AnyCase {
  const length = family === 6 ? 64 : 24;
  return reportedCase<Lan>({
    name,
    reported: {
      words: "the server answers from one desk, from the next the connection is refused",
      where: ["questions on duplicate addresses and arping -D"],
    },
    truth:
      "two machines have the address; this client's entry leads to the one that is not meant, and " +
      "there no program listens",
    lay(topology, broken) {
      const machines = { desk: 9, server: 20, printer: 21 };
      const place = lan(topology, { family, net, machines, device });
      place.machine("printer").address(device, `${place.number(broken ? 20 : 22)}/${length}`);
      return place;
    },
    async start(place, broken) {
      keepUp(place, webServer(place.machine("server"), { port: 80, family }));
      if (broken) await believe(place, "desk", place.address("server"), "printer");
    },
    traffic: (place) =>
      curl(place.machine("desk"), place.address("server"), { port: 80, seconds: 2.5 }),
    happened: /curl: 000/,
    well: /curl: 200/,
    asks: (place) => [{ name: "by server", filter: `host ${place.address("server")}` }],
    musts: (place) => [{
      protocol,
      client: place.address("desk"),
      server: place.address("server"),
      port: 80,
      outcomes: ["refused"],
      codes: ["address-duplicate"],
      alsoTrue: ["no-listener"],
      says: {
        "both machines": fact("server", "printer"),
        "the address": fact(place.address("server")),
      },
    }],
  });
}

function moved({ name, family, net, device, protocol }: Variation): AnyCase {
  const length = family === 6 ? 64 : 24;
  return reportedCase<Lan>({
    name,
    reported: {
      words: "after a failover the service address is dead for some clients for minutes",
      where: ["keepalived and MetalLB questions on gratuitous ARP that is not heard"],
    },
    truth:
      "the address moved to another machine; the client's neighbour entry still has the MAC of the " +
      "one before, which takes the frame and does not have the address",
    lay(topology, broken) {
      const machines = { client: 5, alpha: 11, beta: 12 };
      const place = lan(topology, { family, net, machines, device });
      place.machine(broken ? "beta" : "alpha").address(device, `${place.number(100)}/${length}`);
      return place;
    },
    start: (place) => void believe(place, "client", place.number(100), "alpha"),
    traffic: (place) => ping(place.machine("client"), place.number(100)),
    happened: /ping: 0 of 3/,
    well: /ping: 3 of 3/,
    asks: (place) => [{ name: "by service", filter: `host ${place.number(100)}` }],
    musts: (place) => [{
      protocol,
      client: place.address("client"),
      server: place.number(100),
      outcomes: ["unanswered"],
      codes: ["frame-to-wrong-node"],
      // Where the frame went, and what other machines made of it, is true as well.
      alsoTrue: ["destination-mac-mismatch", "ip-forwarding-disabled"],
      says: {
        "the machine that has the address": fact("beta"),
        "the machine that got the frame": fact("alpha"),
      },
      heals: true,
    }],
  });
}

export const wrongMachine: AnyCase[] = [
  duplicate({
    name: "43-address-duplicate",
    family: 4,
    net: "192.168.10",
    device: "eth0",
    protocol: "tcp",
  }),
  duplicate({
    name: "43-address-duplicate.six",
    family: 6,
    net: "fd43:1",
    device: "ens18",
    protocol: "tcp",
  }),
  moved({
    name: "44-frame-to-wrong-node",
    family: 4,
    net: "10.44.0",
    device: "eth0",
    protocol: "icmp",
  }),
  moved({
    name: "44-frame-to-wrong-node.six",
    family: 6,
    net: "fd44:9",
    device: "eno1",
    protocol: "icmp6",
  }),
];
