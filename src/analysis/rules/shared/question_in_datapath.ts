/** A question for a link address (ARP, neighbour discovery) that Open vSwitch dropped. */
import type { OpenvSwitchPort } from "../../../event/state_openvswitch.ts";
import { isDatapathReason, isDoneWithActions } from "../../kernel/openvswitch.ts";
import { DEVICE_SCRIPTS, gapOf, since } from "../../view/coverage.ts";
import { carriesVlan, settingText, vlanIn, vlanText } from "../../view/openvswitch_vlans.ts";
import { lastState, type Owner } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { handedUp } from "../../verdict/handed_up.ts";
import type { Case } from "../case.ts";
import { commandAnywhere } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { device } from "../word.ts";
import { died } from "./aside_death.ts";
import type { Asked } from "./asked.ts";
import { peerOf } from "./peer.ts";
import { cameBy } from "./question_on_the_way.ts";

/**
 * The last question that the datapath dropped, where no copy of any went on from there: what a switch
 * floods and cannot bring to one of its ports is no loss. What ovs-vswitchd gives back is another skb,
 * so that the arrival is the last one by the same device.
 */
export function stoppedInDatapath(
  subject: Case,
  hop: string,
  questions: readonly Sighting[],
): Asked | null {
  const free = questions.findLast((event) =>
    event.kind === "drop" ? isDatapathReason(event) : isDoneWithActions(event)
  );
  if (!free) return null;
  const isThere = ({ node, netns }: Sighting) => node === free.node && netns === free.netns;
  const came = questions.findLast((event) =>
    event.kind === "device-rx" && isThere(event) && event.ifindex === free.ifindex &&
    event.at <= free.at
  );
  if (free.kind !== "drop" && !endedThere(subject, free, came)) return null;
  const went = questions.some((event) =>
    event.kind === "device-tx" && isThere(event) && event.ifindex !== free.ifindex
  );
  if (!came || went) return null;
  const reached = `; the question came to ${placeOf(came.node, came.netns, came.device ?? "")}`;
  return { ...died(subject, came, free, reached, cameBy(hop, came)), code: "openvswitch-drop" };
}

/** [O4] Of what the datapath frees as done with: all flows that it fits end there, and were read in time. */
function endedThere({ judgement }: Case, free: Sighting, came: Sighting | undefined): boolean {
  const { chain } = judgement.end.step;
  const previous = came === undefined ? null : { event: came, chain, previous: null };
  const fate = handedUp({ event: free, chain, previous });
  return fate !== null && "isAlone" in fate;
}

/**
 * A bridge of Open vSwitch had the question, and did not send it by the port that leads to who has the
 * address, which does not carry the VLAN that it is in. What else looks like it: a flow that changes the
 * VLAN, which would have sent it there.
 */
export function keptByVlan(
  { world }: Case,
  hop: string,
  questions: readonly Sighting[],
  owners: readonly Owner[],
): Asked | null {
  for (const { node, netns, link } of owners) {
    const end = link.kind === "veth" ? peerOf(world.nodes, node, netns, link) : null;
    const bridge = end && lastState(end.node, end.netns)?.openvswitch?.bridges
      .find(({ ports }) => ports.some((port) => port.device === end.link.name));
    const port = bridge?.ports.find((one) => one.device === end?.link.name);
    if (!end || !bridge || !port) continue;
    const here = questions.filter((event) => event.node === end.node && event.netns === end.netns);
    const by = (event: Sighting): OpenvSwitchPort | undefined =>
      bridge.ports.find((one) => one !== port && one.device === event.device);
    const came = here.findLast((event) => event.kind === "device-rx" && by(event) !== undefined);
    if (!came || gapOf(end.node, DEVICE_SCRIPTS, since(came)) !== null) continue;
    if (here.some((event) => event.kind === "device-tx" && event.device === port.device)) continue;
    const from = by(came)!;
    const id = vlanIn(from, came.vlan);
    if (id === undefined || carriesVlan(port, id)) continue;
    const there = placeOf(node, netns, link.name);
    return {
      code: "openvswitch-drop",
      text: `; the question came to bridge ${bridge.name} of Open vSwitch by ${
        placeOf(came.node, came.netns, came.device ?? "")
      } in ${vlanText(id)}, which port ${port.name}, that leads to ${there}, does not carry: ${
        settingText(port)
      }`,
      evidence: [
        cameBy(hop, came),
        stateEvidence(node, `${hop} is at ${there}`),
        ...[from, port].map((one) =>
          stateEvidence(end.node, `port ${one.name} of bridge ${bridge.name}: ${settingText(one)}`)
        ),
      ],
      remedy: [from, port].flatMap(({ name, bond }) =>
        commandAnywhere(["ovs-vsctl", "list", "port", device(bond ?? name)])
      ),
    };
  }
  return null;
}
