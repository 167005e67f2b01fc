import type { Namespace } from "./namespace.ts";
import type { Blueprint } from "./scene.ts";
import type { Topology } from "./topology.ts";
import { request } from "./traffic.ts";

/** What flannel and the cloud know of a node. */
interface Place {
  node: Namespace;
  pod: Namespace;
  /** On eth0; only the node's own gateway knows it. */
  privateAddress: string;
  publicAddress: string;
  gateway: string;
  /** Pod network without its last octet: ".0" is flannel.1, ".1" the bridge. */
  podNet: string;
  podAddress: string;
  vtepMac: string;
  /** The cloud router's device towards this node. */
  uplink: string;
}

const service = { address: "10.110.36.99", port: 80 };

/** Flannel with a private address where the public one of another node belongs. */
export const i3: Blueprint = {
  id: "I3",
  title: "Flannel with the wrong public IP",
  summary: "A's fdb entry for B's VTEP names B's private address, which A cannot reach",
  variants: ["broken", "repaired"],
  modules: ["br_netfilter"],
  build(topology, repaired) {
    const { inet, a, b } = lay(topology);
    for (const place of [a, b]) {
      cable(inet, place);
      layNode(place);
      translateService(place.node, b.podAddress);
    }
    playInternet(inet, [a, b]);
    // B knows the right address of A. Which one A has for B makes the incident.
    announce(b, a, a.publicAddress);
    announce(a, b, repaired ? b.publicAddress : b.privateAddress);

    return {
      nodes: [
        { name: "a", netns: [a.node.name, a.pod.name] },
        { name: "b", netns: [b.node.name, b.pod.name] },
      ],
      filter: `tcp and (host ${service.address} or host ${b.podAddress})`,
      serve: () => b.pod.listen({ protocol: "tcp", port: service.port, answer: "pod on B\n" }),
      traffic: (signal) =>
        Promise.all([a.pod, a.node].map((from) =>
          request(from, {
            protocol: "tcp",
            ...service,
            request: "hello\n",
            // The SYN and its retransmissions after 1 and 3 s.
            timeoutMs: 3_500,
          }, signal)
        )),
    };
  },
};

function lay(topology: Topology): { inet: Namespace; a: Place; b: Place } {
  const forwarding = { forwarding: true };
  const inet = topology.namespace("inet", forwarding);
  const a: Place = {
    node: topology.namespace("a", forwarding),
    pod: topology.namespace("pod-a"),
    privateAddress: "10.200.200.7",
    publicAddress: "203.0.113.163",
    gateway: "10.200.200.1",
    podNet: "10.244.0",
    podAddress: "10.244.0.2",
    vtepMac: "5e:a2:0c:3b:91:0a",
    uplink: "to-a",
  };
  const b: Place = {
    node: topology.namespace("b", forwarding),
    pod: topology.namespace("pod-b"),
    privateAddress: "172.19.0.13",
    publicAddress: "203.0.113.69",
    gateway: "172.19.0.1",
    podNet: "10.244.1",
    podAddress: "10.244.1.2",
    vtepMac: "5e:a2:0c:3b:91:0b",
    uplink: "to-b",
  };
  return { inet, a, b };
}

function cable(inet: Namespace, { node, privateAddress, gateway, uplink }: Place): void {
  inet.topology.veth(node, "eth0", inet, uplink);
  inet.address(uplink, `${gateway}/24`);
  node.address("eth0", `${privateAddress}/24`).route(`default via ${gateway}`);
}

/**
 * Both clouds' gateways and what is between: 1:1 NAT, and no way to a private address from outside.
 */
function playInternet(inet: Namespace, places: readonly Place[]): void {
  const each = (line: (place: Place) => string) => places.map(line).join("\n");
  inet.nft(`table ip cloud {
    chain prerouting {
      type nat hook prerouting priority dstnat
      ${each((p) => `ip daddr ${p.publicAddress} dnat to ${p.privateAddress}`)}
    }
    chain forward {
      type filter hook forward priority filter
      ct status dnat accept
      ct direction reply accept
      counter drop comment "private addresses are not routed on the internet"
    }
    chain postrouting {
      type nat hook postrouting priority srcnat
      ${each((p) => `ip saddr ${p.privateAddress} snat to ${p.publicAddress}`)}
    }
  }`);
}

/** pod → cni0 → flannel.1 → eth0, as flannel's vxlan backend and its CNI plugin lay it. */
function layNode({ node, pod, privateAddress, podNet, podAddress, vtepMac }: Place): void {
  node.topology.veth(pod, "eth0", node, "veth0", { mtu: 1450 });
  node.bridge("cni0", { ports: ["veth0"], mtu: 1450, addresses: [`${podNet}.1/24`] });
  pod.address("eth0", `${podAddress}/24`).route(`default via ${podNet}.1`);
  node.vxlan("flannel.1", {
    id: 1,
    port: 8472,
    local: privateAddress,
    dev: "eth0",
    learning: false,
    mac: vtepMac,
  });
  node.address("flannel.1", `${podNet}.0/32`);
}

/** What flannel does on one node when another appears: route, neighbour, and the VTEP's place. */
function announce(on: Place, of: Place, underlay: string): void {
  on.node.route(`${of.podNet}.0/24 via ${of.podNet}.0 dev flannel.1 onlink`);
  on.node.neighbour("flannel.1", `${of.podNet}.0`, of.vtepMac);
  on.node.bridgeTool(`fdb add ${of.vtepMac} dev flannel.1 dst ${underlay} self permanent`);
}

/**
 * kube-proxy's chains for one service with one endpoint, and the masquerading of what isn't a
 * pod's.
 */
function translateService(node: Namespace, endpoint: string): void {
  const svc = "KUBE-SVC-I6ZQXHOJQ3WLBKKQ";
  const sep = "KUBE-SEP-7PTNQ4RV3T5DQH2F";
  const tcp = `-p tcp -m comment --comment "default/web"`;
  const to = `-d ${service.address}/32 ${tcp} --dport ${service.port}`;
  const chains = [svc, sep, "KUBE-SERVICES", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"];
  node.sysctl({ "net.bridge.bridge-nf-call-iptables": 1 });
  node.iptables(
    "nat",
    ...chains.map((chain) => `:${chain} - [0:0]`),
    "-A PREROUTING -j KUBE-SERVICES",
    "-A OUTPUT -j KUBE-SERVICES",
    "-A POSTROUTING -j KUBE-POSTROUTING",
    "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
    "-A KUBE-POSTROUTING -j MASQUERADE --random-fully",
    "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
    `-A KUBE-SERVICES ${to} -j ${svc}`,
    `-A ${svc} ! -s 10.244.0.0/16 ${to} -j KUBE-MARK-MASQ`,
    `-A ${svc} -m comment --comment "default/web" -j ${sep}`,
    `-A ${sep} -s ${endpoint}/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ`,
    `-A ${sep} ${tcp} -j DNAT --to-destination ${endpoint}:${service.port}`,
  );
}
