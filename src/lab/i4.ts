import type { Namespace } from "./namespace.ts";
import type { Blueprint } from "./scene.ts";
import { ping, request } from "./traffic.ts";

const podA = "10.9.11.187";
const podB = "10.9.82.243";
const nodeA = "10.9.189.51";
const nodeB = "10.9.190.52";
const port = 8080;

/** A node that answers for itself and forwards nothing for its pods. */
export const i4: Blueprint = {
  id: "I4",
  title: "IP forwarding switched off",
  summary:
    "A script set net.ipv4.ip_forward=0: the node reaches the other pod, its own pods do not",
  variants: ["broken", "repaired"],
  build(topology, repaired) {
    const node1 = topology.namespace("node1", { forwarding: true });
    const pod1 = topology.namespace("pod1");
    const node2 = topology.namespace("node2", { forwarding: true });
    const pod2 = topology.namespace("pod2");
    // The cloud's router: it knows which node holds which pod. It has no probe.
    const vpc = topology.namespace("vpc", { forwarding: true });

    layNode({ node: node1, pod: pod1, host: "ucni88bdbf34ff6", address: nodeA, podAddress: podA });
    layNode({ node: node2, pod: pod2, host: "ucni5c03a1e9d27", address: nodeB, podAddress: podB });
    topology.veth(node1, "eth0", vpc, "eth0");
    topology.veth(node2, "eth0", vpc, "eth1");
    node1.route("default via 10.9.189.1");
    node2.route("default via 10.9.190.1");
    vpc.address("eth0", "10.9.189.1/24").address("eth1", "10.9.190.1/24");
    vpc.route(`${podA} via ${nodeA}`, `${podB} via ${nodeB}`);
    if (!repaired) node1.sysctl({ "net.ipv4.ip_forward": 0 });

    return {
      nodes: [
        { name: "node1", netns: [node1.name, pod1.name] },
        { name: "node2", netns: [node2.name, pod2.name] },
      ],
      filter: `host ${podB} and (icmp or tcp port ${port})`,
      serve: () => pod2.listen({ protocol: "tcp", port, answer: "pod2\n" }),
      traffic: (signal) =>
        Promise.all([
          ping(pod1, podB, { count: 5, signal }),
          ping(node1, podB, { count: 2, signal }),
          request(pod1, {
            protocol: "tcp",
            address: podB,
            port,
            request: "hello\n",
            timeoutMs: 2_000,
          }, signal),
        ]),
    };
  },
};

interface Placed {
  node: Namespace;
  pod: Namespace;
  host: string;
  address: string;
  podAddress: string;
}

/** An underlay CNI: the pod's only neighbour is the node, which has a host route back to it. */
function layNode({ node, pod, host, address, podAddress }: Placed): void {
  node.topology.veth(pod, "eth0", node, host);
  pod.address("eth0", `${podAddress}/32`).route(`default via ${address} dev eth0 onlink`);
  node.address("eth0", `${address}/24`).route(`${podAddress} dev ${host} scope link`);
}
