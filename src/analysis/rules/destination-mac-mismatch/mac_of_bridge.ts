/** A frame for a host that a bridge has in its table as its own. */
import type { Evidence } from "../../../event/report.ts";
import { isAnothersFrame } from "../../kernel/frees.ts";
import { type OwnMac, ownMacAt } from "../../view/bridge_own.ts";
import { netnsName } from "../../view/netns_names.ts";
import { holdersThen } from "../../view/presence.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { thenOf } from "../shared/then.ts";

/**
 * A bridge has its own MAC and those of its ports in its table, and gives frames for them to its own
 * device alone. A port that has the MAC of the host behind it, as where a MAC was given to both ends of
 * a veth pair or to a tap device and its guest, keeps all frames from that host.
 */
export const macOfBridge: Rule = {
  id: "R190",
  statement:
    "Freed as another host's by a bridge's own device, and the bridge's table has the frame's MAC as the " +
    "bridge's own (O40): `destination-mac-mismatch`, with the entry, and the port whose MAC it is.",
  yields: ["destination-mac-mismatch"],
  judge(subject) {
    const { event, node, netns } = subject;
    const own = isAnothersFrame(event) ? ownMacAt(event) : null;
    if (!own) return null;
    const { entry, state } = own;
    const { mac, device } = entry;
    const port = state.links.find((link) => link.name === device && link.mac === mac);
    const holders = holdersThen(subject.world.network, mac, thenOf(subject))
      .filter((holder) => holder.node !== node || holder.netns !== netns);
    const [holder] = holders;
    const whose = holder && placeOf(holder.node, holder.netns, holder.link.name);
    const why = port
      ? `it is the MAC of its port ${device}${whose ? ` as well as of ${whose}` : ""}`
      : `an entry of its table says so${whose ? `, and it is the MAC of ${whose}` : ""}`;
    return cause(
      "destination-mac-mismatch",
      "proven",
      `the frame for ${wireDestination(event)} is addressed to ${mac}, which ${
        place(subject)
      } has as its own, so that it sent it by no port: ${why}`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        stateEvidence(node, `fdb of ${netnsName(node, netns)}: ${mac} dev ${device} permanent`),
        ...holders.map(({ node, netns, link }): Evidence =>
          stateEvidence(node, `${mac} is the MAC of ${placeOf(node, netns, link.name)}`)
        ),
      ],
      // Where nobody else has it the frame was for nobody.
      whose === undefined ? [] : withoutOwn(subject, own, port !== undefined, whose),
    );
  },
};

/** The bridge forgets that the MAC is its own, and learns where it is. */
function withoutOwn(
  { node, netns }: Case,
  { state, entry }: OwnMac,
  isPorts: boolean,
  whose: string,
): string[] {
  const { device, mac, master } = entry;
  const isIt = (other: typeof entry) =>
    other.mac === mac && other.master === master && other.flags.includes("permanent");
  const lines = checked({
    ...{ node, netns, state },
    changes: [{ do: "delete-fdb", entry: { device, mac, flags: [], master } }],
    passes: ({ fdb }) => !fdb.some(isIt),
  });
  // The port has it again each time that it becomes a port.
  return isPorts ? [...lookAt(`${device} needs another MAC than ${whose}`), ...lines] : lines;
}
