import type { Namespace } from "./namespace.ts";
import type { Blueprint, Scene } from "./scene.ts";
import type { Topology } from "./topology.ts";
import { ping } from "./traffic.ts";

/** The pod, as everybody asks for it. */
export const podAddress = "10.132.2.46";
/** The MAC that the worker knows the pod by: that of its device on the worker. */
export const podMac = "0a:58:0a:84:02:2e";
/** A random MAC that the pod VM's kernel gave its device; no frame is ever addressed to it. */
const strangeMac = "7e:e5:f7:e6:f5:1a";
/** The tunnel from the pod on the worker to its virtual machine. */
export const tunnel = { id: 555005, port: 4789, mtu: 1400 };

/** A peer pod whose frames reach its VM under a MAC that the VM does not have. */
export const i1: Blueprint = {
  id: "I1",
  title: "Peer pod: the neighbour entry points at the wrong MAC",
  summary:
    "The worker sends to the pod's MAC; vxlan0 in the pod VM has another and ignores the frame",
  variants: ["broken", "repaired"],
  build: (topology, repaired) => layPeerPod(topology, repaired, layBridge),
};

/**
 * All of it but what joins the worker's management port to the pod's device `eth0`, whose other end is
 * `pod0` of the worker; `serve` of it is done once the topology is up.
 */
export function layPeerPod(
  topology: Topology,
  repaired: boolean,
  join: (worker: Namespace) => Scene["serve"] | void,
): Scene {
  const worker = topology.namespace("worker");
  const pod = topology.namespace("pod");
  const vm = topology.namespace("vm");
  const podns = topology.namespace("podns");

  topology.veth(worker, "eth0", vm, "eth0");
  worker.address("eth0", "192.168.10.163/24");
  vm.address("eth0", "192.168.10.201/24");
  topology.veth(pod, "eth0", worker, "pod0", { macA: podMac, mtu: tunnel.mtu });
  pod.address("eth0", `${podAddress}/23`);
  const serve = join(worker) ?? undefined;
  worker.vxlan("vxlan1", { ...tunnel, remote: "192.168.10.201", into: pod });
  redirect(pod, "eth0", "vxlan1");
  redirect(pod, "vxlan1", "eth0");
  vm.vxlan("vxlan0", {
    ...tunnel,
    remote: "192.168.10.163",
    mac: repaired ? podMac : strangeMac,
    into: podns,
  });
  podns.address("vxlan0", `${podAddress}/23`);

  return {
    nodes: [
      { name: "worker", netns: [worker.name, pod.name] },
      { name: "podvm", netns: [vm.name, podns.name] },
    ],
    filter: `icmp and host ${podAddress}`,
    serve,
    traffic: async (signal) => [await ping(worker, podAddress, { count: 5, signal })],
  };
}

function layBridge(worker: Namespace): void {
  const { topology } = worker;
  // Open vSwitch has the management port inside; a Linux bridge needs a cable to it.
  topology.veth(worker, "ovn-k8s-mp0", worker, "mp0-br", {
    macA: "0a:58:0a:84:02:02",
    mtu: tunnel.mtu,
  });
  worker.bridge("br-int", { ports: ["mp0-br", "pod0"], mtu: tunnel.mtu });
  worker.address("ovn-k8s-mp0", "10.132.2.2/23");
  answerForPod(worker);
}

/**
 * OVN answers ARP for a pod from its own records, so the pod VM is never asked for its MAC. The
 * bridge does the same with an entry of its own and a port marked neigh_suppress.
 */
function answerForPod(worker: Namespace): void {
  worker.neighbour("br-int", podAddress, podMac);
  worker.bridgeTool(
    `fdb add ${podMac} dev pod0 master static`,
    "link set dev pod0 neigh_suppress on",
  );
}

/** All that arrives on one device leaves through the other, below the pod's own stack. */
function redirect(pod: Namespace, from: string, to: string): void {
  pod.tc(
    `qdisc add dev ${from} ingress`,
    `filter add dev ${from} parent ffff: protocol all u32 match u8 0 0 ` +
      `action mirred egress redirect dev ${to}`,
  );
}
