/** Asymmetric ways, macvlan, services. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { DUAL, type Host, ROUTER, type Site, type World } from "./world.ts";

export interface Asymmetric extends World {
  there: Namespace;
  back: Namespace;
  /** Device of `back` on which replies arrive, and of `there` on which requests do. */
  backIn: string;
  thereIn: string;
  /** The client's device on which replies arrive. */
  second: string;
}

/** Requests go client – there – server, replies server – back – client. */
export function asymmetric({ topology, draw }: Site): Asymmetric {
  const client = topology.namespace("client", DUAL);
  const server = topology.namespace("server", DUAL);
  const there = topology.namespace("there", ROUTER);
  const back = topology.namespace("back", ROUTER);
  const nets = [draw.net(), draw.net(), draw.net(), draw.net()] as const;
  topology.veth(client, "eth0", there, "in0");
  topology.veth(there, "out0", server, "eth0");
  topology.veth(server, "eth1", back, "in1");
  topology.veth(back, "out1", client, "eth1");
  client.address("eth0", ...nets[0].both(2)).address("eth1", ...nets[3].both(2));
  there.address("in0", ...nets[0].both(1)).address("out0", ...nets[1].both(1));
  server.address("eth0", ...nets[1].both(2)).address("eth1", ...nets[2].both(2));
  back.address("in1", ...nets[2].both(1)).address("out1", ...nets[3].both(1));
  client.route(`${nets[1].cidr} via ${nets[0].ip(1)}`);
  server.route(`${nets[0].cidr} via ${nets[2].ip(1)} src ${nets[1].ip(2)}`);
  back.route(`${nets[0].cidr} via ${nets[3].ip(2)}`);
  const host = (at: Namespace, net: typeof nets[0], node: string): Host => ({
    at,
    node,
    device: "eth0",
    mac: macOf(at.role, "eth0"),
    four: net.ip(2),
    six: net.ip6(2),
  });
  return {
    topology,
    draw,
    nodes: { client: [client], there: [there], back: [back], server: [server] },
    client: host(client, nets[0], "client"),
    server: host(server, nets[1], "server"),
    there,
    back,
    backIn: "in1",
    thereIn: "in0",
    second: "eth1",
  };
}

export interface Macvlan extends World {
  host: Namespace;
  parent: string;
  switch: Namespace;
  port: string;
}

/**
 * Two pods on macvlan devices of one parent. In `vepa` mode the switch beyond must send their
 * packets back through the port they came from; in `bridge` mode they meet on the parent.
 */
export function macvlan(mode: "bridge" | "vepa", options: { probed: boolean }) {
  return ({ topology, draw }: Site): Macvlan => {
    const host = topology.namespace("host");
    const outside = topology.namespace("switch");
    const [parent, port] = [draw.uplink(), draw.device()];
    const net = draw.net();
    topology.veth(host, parent, outside, port);
    outside.bridge("br0", { ports: [port] });
    const pods = ["pod-a", "pod-b"].map((role, i): Host => {
      const at = topology.namespace(role, DUAL);
      const mac = macOf(role, "mv0");
      topology.create({
        netns: host.name,
        tool: "ip",
        line:
          `link add mv0 link ${parent} netns ${at.name} address ${mac} type macvlan mode ${mode}`,
      });
      const number = 20 + i;
      at.up("mv0").address("mv0", ...net.both(number));
      return { at, node: "node", device: "mv0", mac, four: net.ip(number), six: net.ip6(number) };
    });
    return {
      topology,
      draw,
      nodes: {
        node: [host, ...pods.map(({ at }) => at)],
        ...(options.probed ? { switch: [outside] } : {}),
      },
      client: pods[0]!,
      server: pods[1]!,
      host,
      parent,
      switch: outside,
      port,
    };
  };
}
