/** Networks in a row with routers between them: the plainest place for an incident. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import type { Topology } from "../../../src/lab/topology.ts";
import type { Place } from "../bench/case.ts";

/** How a row is laid out. */
export interface RowOptions {
  family?: 4 | 6;
  /** Starts of the two networks; of IPv6 for example "fd10:1". */
  nets: readonly [string, string];
  /** Numbers of the hosts of the first and the second network. */
  hosts: readonly [readonly number[], readonly number[]];
  /** Every host is a pod of one node; else each is a machine of its own. */
  oneNode?: boolean;
  /** The router has no probe. */
  unprobed?: boolean;
  /** Bytes of an IP packet, of the second network's cables. */
  mtu?: number;
}

/** Hosts, a router, hosts. */
export interface Row extends Place {
  family: 4 | 6;
  router: Namespace;
  host(net: 1 | 2, number: number): Namespace;
  address(net: 1 | 2, number: number): string;
  /** The router's device towards a host. */
  port(net: 1 | 2, number: number): string;
  /** The router's address in a network. */
  gateway(net: 1 | 2): string;
  cidr(net: 1 | 2): string;
}

/** A router with two networks; each is a bridge of the router's when it has several hosts. */
export function row(topology: Topology, options: RowOptions): Row {
  const { family = 4, nets, hosts, oneNode = false, unprobed = false, mtu } = options;
  const six = family === 6;
  const address = (net: 1 | 2, number: number) =>
    six ? `${nets[net - 1]}::${number}` : `${nets[net - 1]}.${number}`;
  const length = six ? 64 : 24;
  const router = topology.namespace("router", { ipv6: six, forwarding: true });
  const spaces = new Map<string, Namespace>();
  const port = (net: 1 | 2, number: number) => `lan${net}h${number}`;
  for (const net of [1, 2] as const) {
    const own = hosts[net - 1]!;
    for (const number of own) {
      const at = topology.namespace(`h${net}-${number}`, { ipv6: six });
      spaces.set(`${net}.${number}`, at);
      topology.veth(at, "eth0", router, port(net, number), net === 2 && mtu ? { mtu } : {});
      at.address("eth0", `${address(net, number)}/${length}`);
      at.route(`${six ? "::/0" : "default"} via ${address(net, 1)}`);
    }
    const gateway = `${address(net, 1)}/${length}`;
    if (own.length === 1) router.address(port(net, own[0]!), gateway);
    else {
      const ports = own.map((number) => port(net, number));
      router.bridge(`lan${net}`, { ports, addresses: [gateway] });
    }
  }
  const machines = Object.fromEntries(
    [...spaces.values()].map((at) => [at.role, [at]]),
  );
  return {
    family,
    router,
    nodes: oneNode
      ? { node: [router, ...spaces.values()] }
      : { ...(unprobed ? {} : { router: [router] }), ...machines },
    host(net, number) {
      const at = spaces.get(`${net}.${number}`);
      if (at === undefined) throw new Error(`Cannot find host ${number} of network ${net}`);
      return at;
    },
    address,
    port,
    gateway: (net) => address(net, 1),
    cidr: (net) => six ? `${nets[net - 1]}::/64` : `${nets[net - 1]}.0/24`,
  };
}
