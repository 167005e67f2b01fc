/** What Open vSwitch floods because it knows no port for a frame, and why none that gets it leads on. */
import type { Evidence } from "../../../event/report.ts";
import type { Link } from "../../../event/state.ts";
import type { OpenvSwitchBridge, OpenvSwitchPort } from "../../../event/state_openvswitch.ts";
import type { Matching } from "../../view/datapath_flows.ts";
import { carriesVlan, settingText, vlanIn, vlanText } from "../../view/openvswitch_vlans.ts";
import { holdersOfMac } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { commandAnywhere } from "../command.ts";
import { stateEvidence } from "../evidence.ts";
import { carries } from "../shared/carrier.ts";
import { frameOf } from "../shared/frame.ts";
import { device } from "../word.ts";

/** What is said of it. */
export interface Flooding {
  sentence: string;
  evidence: Evidence[];
  remedy: string[];
}

/** What the daemon notes of a NORMAL action that finds nothing in the bridge's table. */
const FLOODS = /\bno learned MAC for destination, flooding$/;

/**
 * The flows that the packet fits flood it in one bridge. Where one port leads to whom the frame is for,
 * as read of the cable, and does not carry the VLAN in which it came, that is why; else ports without a
 * carrier are shown. Null where a flow does something else, or the packet's frame is not known.
 */
export function floodingOf(
  subject: Case,
  { flows, state }: Pick<Matching, "flows" | "state">,
): Flooding | null {
  const last = flows.map(({ steps }) => steps?.at(-1));
  const [step] = last;
  if (!step || !last.every((one) => one?.bridge === step.bridge && one.says.some(isFlood))) {
    return null;
  }
  const bridge = state.openvswitch?.bridges.find(({ name }) => name === step.bridge);
  const frame = receivedBy(subject) ?? frameOf(subject);
  const mac = frame?.destinationMac;
  if (!bridge || mac === undefined) return null;
  const linkOf = (port: OpenvSwitchPort) =>
    state.links.find(({ name }) => port.device !== undefined && name === port.device);
  const came = bridge.ports.find((port) => port.device === subject.device);
  const leading = portsTo(subject, bridge, mac, linkOf);
  const id = came && vlanIn(came, frame?.vlan);
  const [port] = leading;
  if (port && leading.length === 1 && came && id !== undefined && !carriesVlan(port, id)) {
    return otherVlan(subject, bridge, { came, port, id, mac });
  }
  if (came && step.says.some((line) => PROTECTED.test(line))) {
    return betweenProtected(bridge, [came, ...leading], mac);
  }
  const down = bridge.ports.filter((one) => {
    const link = linkOf(one);
    return link !== undefined && one.name !== bridge.name && !carries(link);
  });
  const names = down.slice(0, 3).map(({ name }) => name).join(", ");
  return {
    sentence:
      `bridge ${bridge.name} knows no port for ${mac}, and none that it floods to leads there${
        down.length === 0
          ? ""
          : `; of its ports ${names} ${down.length === 1 ? "has" : "have"} no carrier`
      }`,
    evidence: down.slice(0, 3).map((one) =>
      stateEvidence(
        subject.node,
        `${one.name}, a port of bridge ${bridge.name}, is ${linkOf(one)!.operstate}`,
      )
    ),
    remedy: commandAnywhere(["ovs-appctl", "fdb/show", device(bridge.name)]),
  };
}

/** What the daemon notes of a port that it passes over, because that and the one it came in by are protected. */
const PROTECTED = /\bbetween protected ports, skipping output/;

/** Which other port is protected, the daemon says of none: those that lead to whom it is for are shown. */
const betweenProtected = (
  { name }: OpenvSwitchBridge,
  ports: readonly OpenvSwitchPort[],
  mac: string,
): Flooding => ({
  sentence: `bridge ${name} knows no port for ${mac}, and floods nothing from ${ports[0]!.name}, ` +
    "which is protected, to other protected ports",
  evidence: [],
  remedy: ports.flatMap((port) =>
    commandAnywhere(["ovs-vsctl", "list", "port", device(port.bond ?? port.name)])
  ),
});

/** As it came in by the port: a drop has it as it was to be sent. */
const receivedBy = ({ judgement, node, device: name }: Case) =>
  judgement.steps.map((step) => step.event).findLast((event) =>
    event.kind === "device-rx" && event.node === node && event.device === name
  );

const isFlood = (line: string) => FLOODS.test(line);

/** Ports whose device is one end of a cable, at whose other end the link address is. */
function portsTo(
  { world, netns }: Case,
  { ports }: OpenvSwitchBridge,
  mac: string,
  linkOf: (port: OpenvSwitchPort) => Link | undefined,
): OpenvSwitchPort[] {
  const holders = holdersOfMac(world.network, mac);
  return ports.filter((port) => {
    const link = linkOf(port);
    return link?.kind === "veth" &&
      holders.some((holder) =>
        holder.netns !== netns && holder.netns === link.peerNetns &&
        // Itself, or a device above it, as of a VLAN.
        (holder.link.ifindex === link.peerIfindex || holder.link.peerIfindex === link.peerIfindex)
      );
  });
}

interface Found {
  came: OpenvSwitchPort;
  port: OpenvSwitchPort;
  id: number;
  mac: string;
}

function otherVlan(
  { node }: Case,
  bridge: OpenvSwitchBridge,
  { came, port, id, mac }: Found,
): Flooding {
  return {
    sentence:
      `it is in ${
        vlanText(id)
      } there, which port ${port.name} of bridge ${bridge.name}, that leads to ${mac}, ` +
      `does not carry: ${settingText(port)}`,
    evidence: [came, port].map((one) =>
      stateEvidence(node, `port ${one.name} of bridge ${bridge.name}: ${settingText(one)}`)
    ),
    remedy: [came, port].flatMap(({ name, bond }) =>
      commandAnywhere(["ovs-vsctl", "list", "port", device(bond ?? name)])
    ),
  };
}
