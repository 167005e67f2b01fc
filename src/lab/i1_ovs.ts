import { i1, layPeerPod, podAddress, podMac, tunnel } from "./i1.ts";
import { withOpenvswitch } from "./incident_id.ts";
import type { Namespace } from "./namespace.ts";
import { OpenvSwitch } from "./openvswitch.ts";
import type { Blueprint } from "./scene.ts";

const port = { management: 1, pod: 2 };

/** The same with br-int as in the diary: Open vSwitch, by the flows that OVN writes. */
export const i1Ovs: Blueprint = {
  ...i1,
  id: withOpenvswitch(i1.id),
  title: `${i1.title} (Open vSwitch)`,
  modules: ["openvswitch"],
  openvswitch: true,
  build: (topology, repaired) =>
    layPeerPod(topology, repaired, (worker) => async () => {
      await layBridge(worker);
      // An internal port carries packets from when it is up, and calls its state unknown.
      worker.up("ovn-k8s-mp0").address("ovn-k8s-mp0", "10.132.2.2/23");
      await topology.apply();
    }),
};

async function layBridge(worker: Namespace): Promise<void> {
  const openvswitch = await OpenvSwitch.start(worker);
  await openvswitch.bridge("br-int");
  await openvswitch.port(
    ...["br-int", "ovn-k8s-mp0"] as const,
    port.management,
    ...["type=internal", 'mac="0a:58:0a:84:02:02"', `mtu_request=${tunnel.mtu}`],
  );
  await openvswitch.port("br-int", "pod0", port.pod);
  await openvswitch.flows(
    "br-int",
    `priority=200,${answerForPod()}`,
    `priority=100,in_port=${port.management},actions=output:${port.pod}`,
    `priority=100,in_port=${port.pod},actions=output:${port.management}`,
  );
}

/** OVN answers ARP for a pod from its own records, so the pod VM is never asked for its MAC. */
function answerForPod(): string {
  const hex = (bytes: number[]) => bytes.map((one) => one.toString(16).padStart(2, "0")).join("");
  const actions = [
    "move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]",
    `mod_dl_src:${podMac}`,
    "load:0x2->NXM_OF_ARP_OP[]",
    "move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[]",
    `load:0x${podMac.replaceAll(":", "")}->NXM_NX_ARP_SHA[]`,
    "move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[]",
    `load:0x${hex(podAddress.split(".").map(Number))}->NXM_OF_ARP_SPA[]`,
    "in_port",
  ];
  return `arp,arp_op=1,arp_tpa=${podAddress},actions=${actions.join(",")}`;
}
