/** Who gave a frame another link address on its way: flows of Open vSwitch. */
import type { Evidence } from "../../../event/report.ts";
import { DATAPATH_KIND } from "../../kernel/openvswitch.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { placeOf } from "../evidence.ts";

/**
 * It came in by one port of the datapath with another link address than it left by another port with.
 * Null where no probe saw both. A router of the kernel's own is no port of a datapath.
 */
export function readdressed(
  { judgement }: Case,
  mac: string,
): { text: string; evidence: Evidence[] } | null {
  const events = judgement.steps.map(({ event }) => event);
  for (const [i, sent] of events.entries()) {
    const came = events[i - 1];
    if (sent.kind !== "device-tx" || sent.destinationMac !== mac) continue;
    if (came?.kind !== "device-rx" || came.node !== sent.node || came.netns !== sent.netns) {
      continue;
    }
    const before = came.destinationMac;
    if (before === undefined || before === mac || !isPort(came) || !isPort(sent)) continue;
    const [from, to] = [came, sent].map(({ node, netns, device }) =>
      placeOf(node, netns, device ?? "")
    );
    return {
      text: `; flows of Open vSwitch addressed it so, which had it for ${before}`,
      evidence: [{
        node: sent.node.name,
        kind: "event",
        text: `it came in by ${from} addressed to ${before}, and left by ${to} addressed to ${mac}`,
      }],
    };
  }
  return null;
}

function isPort({ node, netns, ifindex, device, at }: Sighting): boolean {
  const state = stateAt(node, netns, at);
  const link = linkOf(state, ifindex, device);
  return linkOf(state, link?.masterIfindex)?.kind === DATAPATH_KIND;
}
