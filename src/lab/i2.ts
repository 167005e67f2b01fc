import type { Namespace } from "./namespace.ts";
import type { Blueprint, Scene } from "./scene.ts";
import type { Topology } from "./topology.ts";
import { request } from "./traffic.ts";

/** The pod that asks. */
export const podAddress = "192.100.0.31";
/** The pods' gateway, in the fabric. */
export const gateway = { address: "192.100.0.1", mac: "52:54:00:64:00:01" };
/** What the pod asks for: a ClusterIP. */
export const service = { address: "10.96.0.1", port: 443 };
/** What the ClusterIP is translated to: the API server. */
export const endpoint = { address: "10.16.203.160", port: 6443 };

/** Where the TCP handshake is dropped; nowhere in a repaired lab. */
export type Loss = "beyond" | "inside" | "none";

/** A SYN that leaves the node translated and right, and is never answered. */
export const i2: Blueprint = {
  id: "I2",
  title: "Pod to API server: it left the host, and nobody answers",
  summary: "The SYN leaves enp1s0 translated and right; the API server's side stays silent",
  variants: ["broken", "repaired"],
  modules: ["br_netfilter"],
  build: (topology, repaired) => layScene(topology, repaired ? "none" : "beyond", linuxBridges),
};

/** The same request, lost in the bridges of the SDN before it leaves the node. */
export const i2Inside: Blueprint = {
  id: "I2-inside",
  title: "Pod to API server: lost inside the SDN bridges",
  summary: "A rule on br-ext drops the translated SYN before it reaches enp1s0",
  variants: ["broken", "repaired"],
  modules: ["br_netfilter"],
  build: (topology, repaired) => layScene(topology, repaired ? "none" : "inside", linuxBridges),
};

/** What is between the pod's device and the node's, and once the topology is up. */
type LayBridges = (node: Namespace, loss: Loss) => (() => Promise<void>) | void;

/** The scene with bridges of one kind. */
export function layScene(topology: Topology, loss: Loss, layBridges: LayBridges): Scene {
  const node = topology.namespace("node", { forwarding: true });
  const pod = topology.namespace("pod");
  // The data centre: the pods' gateway and the way to the API server. It has no probe.
  const fabric = topology.namespace("fabric", { forwarding: true });
  const api = topology.namespace("api");
  layDevices(node, pod, fabric);
  const serveBridges = layBridges(node, loss);
  layBeyond(fabric, api);
  if (loss === "beyond") silence(api);

  const nodes = [{ name: "node", netns: [node.name, pod.name] }];
  if (loss === "none") nodes.push({ name: "apiserver", netns: [api.name] });
  return {
    nodes,
    filter: `tcp and (host ${service.address} or host ${endpoint.address})`,
    serve: async () => {
      await serveBridges?.();
      await api.listen({ protocol: "tcp", port: endpoint.port, answer: "HTTP/1.0 200 OK\n" });
    },
    traffic: async (signal) => [
      await request(pod, {
        protocol: "tcp",
        ...service,
        request: "GET /healthz HTTP/1.0\n\n",
        // The SYN and its retransmissions after 1 and 3 s.
        timeoutMs: 3_500,
      }, signal),
    ],
  };
}

function layDevices(node: Namespace, pod: Namespace, fabric: Namespace): void {
  const { topology } = node;
  topology.veth(pod, "eth0", node, "if2090037512165");
  topology.veth(node, "enp1s0", fabric, "eth0", { macB: gateway.mac });
  pod.address("eth0", `${podAddress}/24`).route(`default via ${gateway.address}`);
  fabric.address("eth0", `${gateway.address}/24`);
}

/** Everything on the node is switched: pod nic → br0 → eth-int/eth-ext → br-ext → enp1s0. */
function linuxBridges(node: Namespace, loss: Loss): void {
  const { topology } = node;
  // As a patch pair joins two bridges of Open vSwitch.
  topology.veth(node, "eth-int", node, "eth-ext");
  // Only br0 sees netfilter: a second pass on br-ext would track the translated connection anew.
  node.bridge("br0", { ports: ["if2090037512165", "eth-int"], options: "nf_call_iptables 1" });
  node.bridge("br-ext", { ports: ["eth-ext", "enp1s0"] });
  // The SDN knows where the endpoint is and the gateway's MAC; br0 needs no address of its own.
  node.route(`${endpoint.address}/32 via ${gateway.address} dev br0 onlink`);
  node.neighbour("br0", gateway.address, gateway.mac);
  translate(node);
  if (loss === "inside") dropInside(node);
}

function layBeyond(fabric: Namespace, api: Namespace): void {
  fabric.topology.veth(fabric, "eth1", api, "eth0");
  fabric.address("eth1", "10.16.203.1/24");
  api.address("eth0", `${endpoint.address}/24`).route("default via 10.16.203.1");
}

/** The SDN's rewrite. On a bridge the frame is translated and goes on, without a routing hop. */
function translate(node: Namespace): void {
  node.nft(`table ip sdn {
    chain prerouting {
      type nat hook prerouting priority dstnat
      ip daddr ${service.address} tcp dport ${service.port} dnat to ${endpoint.address}:${endpoint.port}
    }
  }`);
}

/** A firewall in front of the API server that answers nothing. */
function silence(api: Namespace): void {
  api.nft(`table ip firewall {
    chain input {
      type filter hook input priority filter
      tcp dport ${endpoint.port} counter drop
    }
  }`);
}

function dropInside(node: Namespace): void {
  node.nft(`table bridge sdn {
    chain forward {
      type filter hook forward priority filter
      iifname "eth-ext" ip daddr ${endpoint.address} tcp dport ${endpoint.port} counter drop
    }
  }`);
}
