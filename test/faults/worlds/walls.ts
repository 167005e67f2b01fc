/** Two firewalls side by side between two networks. */
import { macOf } from "../../../src/lab/address.ts";
import { DUAL, type Host, ROUTER, type Site, type World } from "./world.ts";

export interface Walls extends World {
  first: string;
  second: string;
  /** Addresses of both in the server's network. */
  gateways: [string, string];
  gateways6: [string, string];
  clientNet: string;
  clientNet6: string;
}

/** Both ways lead through the first one; both drop what conntrack finds invalid. */
export function walls({ topology, draw }: Site): Walls {
  const [near, far] = [draw.net(), draw.net()];
  const [left, right] = [topology.namespace("left"), topology.namespace("right")];
  const device = draw.uplink();
  const roles = ["fw-a", "fw-b"] as const;
  const firewalls = roles.map((role, i) => {
    const wall = topology.namespace(role, ROUTER);
    topology.veth(wall, "in", left, `p${i}`);
    topology.veth(wall, "out", right, `p${i}`);
    wall.address("in", ...near.both(1 + i)).address("out", ...far.both(1 + i));
    wall.nft(
      "table inet fw { chain f { type filter hook forward priority 0; policy accept; " +
        "ct state established,related accept; ct state invalid counter drop; }; }",
    );
    return wall;
  });
  const [client, server] = ([["client", left, near, far], ["server", right, far, near]] as const)
    .map(([role, wire, own, other]): Host => {
      const at = topology.namespace(role, DUAL);
      topology.veth(at, device, wire, "p2");
      at.address(device, ...own.both(9));
      at.route(`${other.cidr} via ${own.ip(1)}`, `${other.cidr6} via ${own.ip6(1)}`);
      return { at, node: role, device, mac: macOf(role, device), four: own.ip(9), six: own.ip6(9) };
    });
  for (const wire of [left, right]) wire.bridge("br0", { ports: ["p0", "p1", "p2"] });
  return {
    topology,
    draw,
    nodes: {
      client: [client!.at],
      server: [server!.at],
      "fw-a": [firewalls[0]!],
      "fw-b": [firewalls[1]!],
    },
    client: client!,
    server: server!,
    first: "fw-a",
    second: "fw-b",
    gateways: [far.ip(1), far.ip(2)],
    gateways6: [far.ip6(1), far.ip6(2)],
    clientNet: near.cidr,
    clientNet6: near.cidr6,
  };
}
