import { endpoint, i2, i2Inside, layScene, type Loss, podAddress, service } from "./i2.ts";
import { withOpenvswitch } from "./incident_id.ts";
import type { Namespace } from "./namespace.ts";
import { OpenvSwitch } from "./openvswitch.ts";
import type { Blueprint } from "./scene.ts";
import type { Topology } from "./topology.ts";

const port = { uplink: 1, patch: 2, pod: 3 };

/** Of I2 and its twin, with the bridges of the diary: Open vSwitch translates, a patch pair joins. */
const ofOpenvswitch = (incident: Blueprint, loss: Loss): Blueprint => ({
  ...incident,
  id: withOpenvswitch(incident.id),
  title: `${incident.title} (Open vSwitch)`,
  modules: ["openvswitch"],
  openvswitch: true,
  build: (topology: Topology, repaired: boolean) =>
    layScene(topology, repaired ? "none" : loss, (node, loss) => () => layBridges(node, loss)),
});

/** The SYN leaves the node, and nobody answers. */
export const i2Ovs: Blueprint = ofOpenvswitch(i2, "beyond");
/** The SYN is lost in the bridges. */
export const i2InsideOvs: Blueprint = {
  ...ofOpenvswitch(i2Inside, "inside"),
  summary: "A flow of br-ext drops the translated SYN before it reaches enp1s0",
};

async function layBridges(node: Namespace, loss: Loss): Promise<void> {
  const openvswitch = await OpenvSwitch.start(node);
  for (const bridge of ["br0", "br-ext"]) await openvswitch.bridge(bridge);
  await openvswitch.port("br0", "eth-int", port.patch, "type=patch", "options:peer=eth-ext");
  await openvswitch.port("br-ext", "eth-ext", port.patch, "type=patch", "options:peer=eth-int");
  await openvswitch.port("br-ext", "enp1s0", port.uplink);
  await openvswitch.port("br0", "if2090037512165", port.pod);
  const [from, to] = [`nw_src=${podAddress}`, `nw_dst=${podAddress}`];
  const translation = `nat(dst=${endpoint.address}:${endpoint.port})`;
  await openvswitch.flows(
    "br0",
    `priority=50,arp,in_port=${port.pod},actions=output:${port.patch}`,
    `priority=50,arp,in_port=${port.patch},actions=output:${port.pod}`,
    `cookie=0x1a,priority=200,tcp,${from},nw_dst=${service.address},tp_dst=${service.port},` +
      `actions=ct(commit,zone=1,${translation},table=1)`,
    `cookie=0x1b,priority=150,tcp,in_port=${port.patch},nw_src=${endpoint.address},` +
      "actions=ct(zone=1,nat,table=1)",
    `table=1,priority=100,ip,${from},actions=output:${port.patch}`,
    `table=1,priority=100,ip,${to},actions=output:${port.pod}`,
  );
  await openvswitch.flows(
    "br-ext",
    `priority=100,in_port=${port.patch},actions=output:${port.uplink}`,
    `priority=100,in_port=${port.uplink},actions=output:${port.patch}`,
  );
  if (loss !== "inside") return;
  await openvswitch.flows(
    "br-ext",
    `cookie=0x2d,priority=300,tcp,in_port=${port.patch},nw_dst=${endpoint.address},` +
      `tp_dst=${endpoint.port},actions=drop`,
  );
}
