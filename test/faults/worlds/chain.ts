/** Five machines in a row: a client, three routers, a server. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { DUAL, type Host, ROUTER, type Site, type World } from "./world.ts";

export interface Chain extends World {
  /** From the client to the server: `r1`, `r2`, `r3`, each a node of that name. */
  routers: [Namespace, Namespace, Namespace];
  /** The router's device towards the client, and towards the server. */
  left: string;
  right: string;
  /** Networks in order, the client's first. */
  nets: { cidr: string; cidr6: string }[];
}

export function chain({ topology, draw }: Site): Chain {
  const client = topology.namespace("client", DUAL);
  const routers = ["r1", "r2", "r3"].map((name) => topology.namespace(name, ROUTER)) as Chain[
    "routers"
  ];
  const server = topology.namespace("server", DUAL);
  const row = [client, ...routers, server];
  const nets = Array.from({ length: 4 }, () => draw.net());
  const [left, right, device] = [draw.device(), `${draw.uplink()}r`, draw.uplink()];
  nets.forEach((net, i) => {
    const [near, far] = [row[i]!, row[i + 1]!];
    const nearDevice = i === 0 ? device : right;
    const farDevice = i === 3 ? device : left;
    topology.veth(near, nearDevice, far, farDevice);
    near.address(nearDevice, ...net.both(i === 0 ? 9 : 1));
    far.address(farDevice, ...net.both(i === 3 ? 9 : 2));
  });
  routers.forEach((router, i) => {
    for (const [j, net] of nets.entries()) {
      if (j === i || j === i + 1) continue;
      const [via, via6] = j < i
        ? [nets[i]!.ip(i === 0 ? 9 : 1), nets[i]!.ip6(i === 0 ? 9 : 1)]
        : [nets[i + 1]!.ip(2), nets[i + 1]!.ip6(2)];
      router.route(`${net.cidr} via ${via}`, `${net.cidr6} via ${via6}`);
    }
  });
  const host = (at: Namespace, net: typeof nets[0], gateway: number): Host => {
    at.route(`default via ${net!.ip(gateway)}`, `::/0 via ${net!.ip6(gateway)}`);
    const mac = macOf(at.role, device);
    return { at, node: at.role, device, mac, four: net!.ip(9), six: net!.ip6(9) };
  };
  return {
    topology,
    draw,
    nodes: Object.fromEntries(row.map((at) => [at.role, [at]])),
    client: host(client, nets[0]!, 2),
    server: host(server, nets[3]!, 1),
    routers,
    left,
    right,
    nets,
  };
}
