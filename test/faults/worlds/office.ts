/** Machines at one switch: a client, a server, a third that may be taken for it. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { DUAL, type Host, ROUTER, type Site, type World } from "./world.ts";

export interface Office extends World {
  third: Host;
  /** Who sends frames to the others: the client, or the router that it is behind. */
  asker: Pick<Host, "at" | "device">;
  /** An address of their network that nobody has. */
  spare: string;
  spare6: string;
  /** The switch, and its ports: towards the asker, the server and the third. */
  wire: Namespace;
  ports: readonly string[];
}

/**
 * `nodes`: every host is a machine of its own, or a pod on the bridge of one node, or the client is
 * on another network, behind a router that has a machine's place at the switch. `watched`: machines,
 * and a probe at the switch as well.
 */
export function office(nodes: "machines" | "pods" | "routed" | "watched") {
  return ({ topology, draw }: Site): Office => {
    const wire = topology.namespace("host");
    const [net, device] = [draw.net(), draw.uplink()];
    const ports: string[] = [];
    const roles = [nodes === "routed" ? "router" : "client", "server", "third"];
    const hosts = roles.map((role, i): Host => {
      const at = topology.namespace(role, role === "router" ? ROUTER : DUAL);
      const [number, port] = [10 + 10 * i + draw.between(0, 9), draw.device()];
      topology.veth(at, device, wire, port);
      ports.push(port);
      at.address(device, ...net.both(number));
      const node = nodes === "pods" ? "node" : role;
      const mac = macOf(role, device);
      return { at, node, device, mac, four: net.ip(number), six: net.ip6(number) };
    });
    wire.bridge("br0", { ports });
    const [asker, server, third] = hosts as [Host, Host, Host];
    const client = nodes === "routed" ? behind({ topology, draw }, asker, [server, third]) : asker;
    const all: Namespace[] = [...new Set([client, ...hosts])].map(({ at }) => at);
    return {
      topology,
      draw,
      nodes: nodes === "pods" ? { node: [wire, ...all] } : Object.fromEntries(
        [...all, ...(nodes === "watched" ? [wire] : [])].map((at) => [at.role, [at]]),
      ),
      client,
      asker,
      server,
      third,
      spare: net.ip(200),
      spare6: net.ip6(200),
      wire,
      ports,
    };
  };
}

/** A client on a network of its own; the others know it by the router. */
function behind({ topology, draw }: Site, router: Host, others: readonly Host[]): Host {
  const [net, device] = [draw.net(), draw.uplink()];
  const at = topology.namespace("client", DUAL);
  topology.veth(at, device, router.at, "down0");
  router.at.address("down0", ...net.both(1));
  at.address(device, ...net.both(7)).route(`default via ${net.ip(1)}`, `::/0 via ${net.ip6(1)}`);
  for (const other of others) {
    other.at.route(`${net.cidr} via ${router.four}`, `${net.cidr6} via ${router.six}`);
  }
  const mac = macOf("client", device);
  return { at, node: "client", device, mac, four: net.ip(7), six: net.ip6(7) };
}
