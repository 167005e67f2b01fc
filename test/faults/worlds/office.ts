/** Machines at one switch: a client, a server, a third that may be taken for it. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { DUAL, type Host, type Site, type World } from "./world.ts";

export interface Office extends World {
  third: Host;
  /** An address of their network that nobody has. */
  spare: string;
  spare6: string;
}

/** `nodes`: every host is a machine of its own, or a pod on the bridge of one node. */
export function office(nodes: "machines" | "pods") {
  return ({ topology, draw }: Site): Office => {
    const wire = topology.namespace("host");
    const [net, device] = [draw.net(), draw.uplink()];
    const ports: string[] = [];
    const hosts = ["client", "server", "third"].map((role, i): Host => {
      const at = topology.namespace(role, DUAL);
      const [number, port] = [10 + 10 * i + draw.between(0, 9), draw.device()];
      topology.veth(at, device, wire, port);
      ports.push(port);
      at.address(device, ...net.both(number));
      const node = nodes === "pods" ? "node" : role;
      const mac = macOf(role, device);
      return { at, node, device, mac, four: net.ip(number), six: net.ip6(number) };
    });
    wire.bridge("br0", { ports });
    const [client, server, third] = hosts as [Host, Host, Host];
    const all: Namespace[] = hosts.map(({ at }) => at);
    return {
      topology,
      draw,
      nodes: nodes === "pods"
        ? { node: [wire, ...all] }
        : Object.fromEntries(all.map((at) => [at.role, [at]])),
      client,
      server,
      third,
      spare: net.ip(200),
      spare6: net.ip6(200),
    };
  };
}
