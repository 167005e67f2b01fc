/** Hosts that share a network: pods on a node's bridge, machines at a switch. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { DUAL, type Host, ROUTER, type Site, type World } from "./world.ts";

export interface Bridged extends World {
  /** The namespace with the bridge. */
  host: Namespace;
  bridge: string;
  bridgeMac: string;
  clientPort: string;
  serverPort: string;
  gateway: string;
  gateway6: string;
  net: string;
  /** An address of the network that nobody has. */
  nobody: string;
  nobody6: string;
}

function build({ topology, draw }: Site, roles: readonly [string, string]) {
  const net = draw.net();
  const bridge = draw.pick(["cni0", "br-int", "docker0", "virbr1", "brlan"]);
  const device = draw.uplink();
  const ends = roles.map((role, i) => {
    const at = topology.namespace(role, DUAL);
    const number = 10 + 10 * i + draw.between(0, 9);
    at.address(device, ...net.both(number));
    return { at, number, mac: macOf(role, device) };
  });
  return { net, bridge, device, ends };
}

function hostOf(part: ReturnType<typeof build>, i: number, node: string): Host {
  const { at, number, mac } = part.ends[i]!;
  const { net, device } = part;
  return { at, node, device, mac, four: net.ip(number), six: net.ip6(number) };
}

/** Two pods on the bridge of one node. */
export function pods(site: Site): Bridged {
  const { topology, draw } = site;
  const host = topology.namespace("host", ROUTER);
  const part = build(site, ["pod-a", "pod-b"]);
  const { net, bridge, device, ends } = part;
  const ports = [draw.device(), draw.device()];
  ends.forEach(({ at }, i) => topology.veth(at, device, host, ports[i]!));
  host.bridge(bridge, { ports, addresses: net.both(1) });
  for (const { at } of ends) at.route(`default via ${net.ip(1)}`, `::/0 via ${net.ip6(1)}`);
  return {
    topology,
    draw,
    nodes: { node: [host, ...ends.map(({ at }) => at)] },
    client: hostOf(part, 0, "node"),
    server: hostOf(part, 1, "node"),
    host,
    bridge,
    bridgeMac: macOf("host", bridge),
    clientPort: ports[0]!,
    serverPort: ports[1]!,
    gateway: net.ip(1),
    gateway6: net.ip6(1),
    net: net.cidr,
    nobody: net.ip(200),
    nobody6: net.ip6(200),
  };
}

/** Two machines at a switch; the switch itself is watched only where asked. */
export function switched(options: { probed?: boolean } = {}) {
  return (site: Site): Bridged => {
    const { topology, draw } = site;
    const host = topology.namespace("switch");
    const part = build(site, ["a", "b"]);
    const { net, bridge, device, ends } = part;
    const ports = [draw.device(), draw.device()];
    ends.forEach(({ at }, i) => topology.veth(at, device, host, ports[i]!));
    host.bridge(bridge, { ports });
    return {
      topology,
      draw,
      nodes: {
        a: [ends[0]!.at],
        b: [ends[1]!.at],
        ...(options.probed ? { switch: [host] } : {}),
      },
      client: hostOf(part, 0, "a"),
      server: hostOf(part, 1, "b"),
      host,
      bridge,
      bridgeMac: macOf("switch", bridge),
      clientPort: ports[0]!,
      serverPort: ports[1]!,
      gateway: net.ip(1),
      gateway6: net.ip6(1),
      net: net.cidr,
      nobody: net.ip(200),
      nobody6: net.ip6(200),
    };
  };
}
