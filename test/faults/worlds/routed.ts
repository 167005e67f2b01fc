/** Hosts in a row with routers between them. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { DUAL, type Host, ROUTER, type Site, type World } from "./world.ts";

export interface Routed extends World {
  router: Namespace;
  /** The node that the router's devices are on. */
  routerNode: string;
  /** The router's devices towards the client and towards the server, and their addresses. */
  left: string;
  right: string;
  leftMac: string;
  rightMac: string;
  gateway: string;
  gateway6: string;
  serverGateway: string;
  serverGateway6: string;
  serverNet: string;
  serverNet6: string;
  clientNet: string;
}

export interface RoutedOptions {
  /** One node with pods (as in I4) instead of three machines; either where absent. */
  pods?: boolean;
  /** The router has no probe. */
  unprobed?: boolean;
}

/** client – router – server, each on a network of its own. */
export function routed(options: RoutedOptions = {}) {
  return ({ topology, draw }: Site): Routed => {
    const { unprobed = false } = options;
    const pods = options.pods ?? (!unprobed && draw.next() < 0.4);
    const client = topology.namespace("client", DUAL);
    const router = topology.namespace("router", ROUTER);
    const server = topology.namespace("server", DUAL);
    const [near, far] = [draw.net(), draw.net()];
    const left = draw.device();
    const right = pods ? draw.device() : `${draw.uplink()}x`;
    const device = draw.uplink();
    topology.veth(client, device, router, left);
    topology.veth(router, right, server, device);
    router.address(left, ...near.both(1)).address(right, ...far.both(1));
    const node = (name: string) => pods ? "node" : name;
    const hosts = [[client, near, "client"], [server, far, "server"]] as const;
    const [one, two] = hosts.map(([at, net, name]): Host => {
      const host = draw.between(2, 250);
      at.address(device, ...net.both(host)).route(
        `default via ${net.ip(1)}`,
        `::/0 via ${net.ip6(1)}`,
      );
      return {
        at,
        node: node(name),
        device,
        mac: macOf(at.role, device),
        four: net.ip(host),
        six: net.ip6(host),
      };
    });
    const machines = {
      client: [client],
      server: [server],
      ...(unprobed ? {} : { router: [router] }),
    };
    return {
      topology,
      draw,
      nodes: pods ? { node: [router, client, server] } : machines,
      client: one!,
      server: two!,
      router,
      routerNode: pods ? "node" : "router",
      left,
      right,
      leftMac: macOf(router.role, left),
      rightMac: macOf(router.role, right),
      gateway: near.ip(1),
      gateway6: near.ip6(1),
      serverGateway: far.ip(1),
      serverGateway6: far.ip6(1),
      serverNet: far.cidr,
      serverNet6: far.cidr6,
      clientNet: near.cidr,
    };
  };
}

export interface TwoRouters extends World {
  first: Namespace;
  second: Namespace;
  /** Devices of the two routers: towards the client, between them, towards the server. */
  left: string;
  middle: string;
  right: string;
  firstAddress: string;
  secondAddress: string;
  secondAddress6: string;
  serverNet: string;
  serverNet6: string;
}

/** client – first – second – server: four nodes. */
export function twoRouters({ topology, draw }: Site): TwoRouters {
  const client = topology.namespace("client", DUAL);
  const first = topology.namespace("first", ROUTER);
  const second = topology.namespace("second", ROUTER);
  const server = topology.namespace("server", DUAL);
  const nets = [draw.net(), draw.net(), draw.net()] as const;
  const device = draw.uplink();
  const [left, middle, right] = [draw.device(), `${draw.uplink()}m`, draw.device()];
  topology.veth(client, device, first, left);
  topology.veth(first, middle, second, middle);
  topology.veth(second, right, server, device);
  first.address(left, ...nets[0].both(1)).address(middle, ...nets[1].both(1));
  second.address(middle, ...nets[1].both(2)).address(right, ...nets[2].both(1));
  first.route(`${nets[2].cidr} via ${nets[1].ip(2)}`, `${nets[2].cidr6} via ${nets[1].ip6(2)}`);
  second.route(`${nets[0].cidr} via ${nets[1].ip(1)}`, `${nets[0].cidr6} via ${nets[1].ip6(1)}`);
  const host = (at: Namespace, net: typeof nets[0], node: string): Host => {
    at.address(device, ...net.both(9)).route(`default via ${net.ip(1)}`, `::/0 via ${net.ip6(1)}`);
    return { at, node, device, mac: macOf(at.role, device), four: net.ip(9), six: net.ip6(9) };
  };
  return {
    topology,
    draw,
    nodes: { client: [client], first: [first], second: [second], server: [server] },
    client: host(client, nets[0], "client"),
    server: host(server, nets[2], "server"),
    first,
    second,
    left,
    middle,
    right,
    firstAddress: nets[1].ip(1),
    secondAddress: nets[1].ip(2),
    secondAddress6: nets[1].ip6(2),
    serverNet: nets[2].cidr,
    serverNet6: nets[2].cidr6,
  };
}
