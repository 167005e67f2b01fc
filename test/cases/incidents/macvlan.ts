/** A macvlan's parent and its children don't hear each other. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { type AnyCase, type Place, reportedCase } from "../bench/case.ts";
import { ping } from "../traffic/programs.ts";

interface Isolated extends Place {
  host: Namespace;
  container: Namespace;
}

interface Variation {
  name: string;
  family: 4 | 6;
  net: string;
  parent: string;
  mode: "bridge" | "private";
  /** The container asks its host, instead of the host its container. */
  fromContainer: boolean;
}

function variation({ name, family, net, parent, mode, fromContainer }: Variation): AnyCase {
  const six = family === 6;
  const address = (n: number) => six ? `${net}::${n}` : `${net}.${n}`;
  const length = six ? 64 : 24;
  const [client, server] = fromContainer ? [50, 2] : [2, 50];
  return reportedCase<Isolated>({
    name,
    reported: {
      words: "a container on a macvlan network is reached from everywhere but from its own host",
      where: ["docs.docker.com, macvlan network driver", "questions on docker macvlan host access"],
    },
    truth:
      "the kernel keeps a macvlan's parent device and its children apart, whatever the switch does",
    lay(topology, broken) {
      const host = topology.namespace("host", { ipv6: six });
      const wire = topology.namespace("wire");
      const container = topology.namespace("ctr", { ipv6: six });
      topology.veth(host, parent, wire, "p0");
      wire.bridge("br0", { ports: ["p0"] });
      const child = (netns: Namespace, device: string, to: Namespace) =>
        topology.create({
          netns: netns.name,
          tool: "ip",
          line: `link add ${device} link ${parent} netns ${to.name} ` +
            `address ${macOf(to.role, device)} type macvlan mode ${mode}`,
        });
      child(host, "eth0", container);
      container.up("eth0").address("eth0", `${address(50)}/${length}`);
      // The healthy host has a child of its own for this.
      const own = broken ? parent : "shim0";
      if (!broken) {
        child(host, "shim0", host);
        host.up("shim0");
      }
      host.address(own, `${address(2)}/${length}`);
      return { nodes: { docker: [host, container] }, host, container };
    },
    traffic: ({ host, container }) =>
      ping(fromContainer ? container : host, address(server), { count: 2 }),
    happened: /ping: 0 of 2/,
    well: /ping: 2 of 2/,
    asks: () => [{ name: "by server", filter: `host ${address(server)}` }],
    musts: () => [{
      protocol: six ? "icmp6" : "icmp",
      client: address(client),
      server: address(server),
      outcomes: ["unanswered", "refused"],
      codes: ["macvlan-isolation"],
      alsoTrue: ["neighbour-unresolved"],
      // IPv6 needs the host's address to move, which is for its owner to do.
      heals: !six,
      says: { "the device's kind": /macvlan/, "the parent": new RegExp(`\\b${parent}\\b`) },
    }],
  });
}

export const macvlan: AnyCase[] = [
  variation({
    name: "47-macvlan-isolation",
    family: 4,
    net: "192.168.47",
    parent: "eno2",
    mode: "bridge",
    fromContainer: false,
  }),
  variation({
    name: "47-macvlan-isolation.six",
    family: 6,
    net: "fd47:5",
    parent: "bond0",
    mode: "bridge",
    fromContainer: true,
  }),
];
