/** 27d: a policy of INPUT that an `addrtype` rule before it hides. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { type AnyCase, type Place, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";

interface Node extends Place {
  node: Namespace;
  pod: Namespace;
}

interface Variation {
  name: string;
  pod: string;
  gateway: string;
  own: string;
  service: string;
  port: number;
  /** The pod is at a bridge of the node; else at a device of its own. */
  bridged: boolean;
}

function variation({ name, pod, gateway, own, service, port, bridged }: Variation): AnyCase {
  const six = pod.includes(":");
  const end = six ? `[${own}]:${port}` : `${own}:${port}`;
  return reportedCase<Node>({
    name,
    reported: {
      words: "pods can't reach the API server through its service, the node itself can",
      where: ["kubernetes and k3s questions on ufw, firewalld and default policies"],
    },
    truth: "the policy of INPUT is DROP, and nothing accepts the API server's port",
    lay(topology, broken) {
      const at = topology.namespace("node", { ipv6: six, forwarding: true });
      const space = topology.namespace("pod", { ipv6: six });
      const [length, whole] = six ? [64, 128] : [24, 32];
      topology.veth(space, "eth0", at, "veth1");
      if (bridged) at.bridge("cni0", { ports: ["veth1"], addresses: [`${gateway}/${length}`] });
      else at.address("veth1", `${gateway}/${length}`);
      at.address("lo", `${own}/${whole}`);
      space.address("eth0", `${pod}/${length}`).route(`${six ? "::/0" : "default"} via ${gateway}`);
      const write = (table: string, ...lines: string[]) =>
        six ? at.ip6tables(table, ...lines) : at.iptables(table, ...lines);
      write(
        "nat",
        ":KUBE-SERVICES - [0:0]",
        ":KUBE-NODEPORTS - [0:0]",
        "-A PREROUTING -j KUBE-SERVICES",
        `-A KUBE-SERVICES -d ${service}/${whole} -p tcp -m tcp --dport 443 -j DNAT ` +
          `--to-destination ${end}`,
        "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
      );
      const neighbours = six ? ["-A INPUT -p ipv6-icmp -j ACCEPT"] : [];
      const port22 = broken ? 22 : port;
      write(
        "filter",
        ":INPUT DROP [0:0]",
        ...neighbours,
        "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        `-A INPUT -p tcp -m tcp --dport ${port22} -j ACCEPT`,
      );
      return { nodes: { n: [at, space] }, node: at, pod: space };
    },
    start(place) {
      keepUp(place, webServer(place.node, { port, family: six ? 6 : 4 }));
    },
    traffic: (place) => curl(place.pod, service, { port: 443, seconds: 2 }),
    happened: /curl: 000/,
    well: /curl: 200/,
    asks: () => [{ name: "by service", filter: `host ${service}` }],
    musts: () => [{
      protocol: "tcp",
      client: pod,
      server: service,
      port: 443,
      outcomes: ["unanswered"],
      codes: ["netfilter-drop"],
      says: { "the chain": fact("INPUT"), "its policy": /policy/i },
    }],
    never: () => ({ "that nothing there refuses": /no rule or policy read there refuses/i }),
  });
}

export const inputPolicy: AnyCase[] = [
  variation({
    name: "27d-input-policy-addrtype",
    pod: "10.244.1.3",
    gateway: "10.244.1.1",
    own: "192.168.60.11",
    service: "10.96.0.1",
    port: 6_443,
    bridged: true,
  }),
  variation({
    name: "27d-input-policy-addrtype.six",
    pod: "fd55:1::3",
    gateway: "fd55:1::1",
    own: "fd55:ff::1",
    service: "fd55:aa::1",
    port: 16_443,
    bridged: false,
  }),
];
