/** A frame that a bridge sent by another port than the one behind which its host is. */
import type { FdbEntry } from "../../../event/state.ts";
import { deviceEvent } from "../../correlate/steps.ts";
import { filtersVlans, portsTowards, vlanAtPort } from "../../view/bridge_vlans.ts";
import { holdersOfMac, linkOf } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { cameInBy } from "../shared/came_in_by.ts";
import { checked } from "../shared/checked.ts";

/**
 * Whoever is behind that port, watched or not, is not whom the frame is for.
 *
 * What else looks like it: a frame that was flooded, since the table has no entry (R245); an entry that was learned
 * after the frame had passed (the reading is of before, and the frame left by that port); two devices with that MAC
 * (none of them is behind that port, as read); an entry of another VLAN than the one the bridge put the frame in.
 */
export const byWrongPort: Rule = {
  id: "R246",
  title: "Sent by a wrong port",
  statement:
    "`vanished` behind a port of a bridge, whose table has the frame's MAC at that port, in the frame's VLAN, and " +
    "the only devices with that MAC are behind other ports of it: `destination-mac-mismatch`, proven, with the entry.",
  yields: ["destination-mac-mismatch"],
  judge(subject) {
    const { judgement, before, world, node, netns } = subject;
    if (judgement.outcome !== "vanished" || !judgement.awaited || !before) return null;
    const sent = deviceEvent(judgement.end.step);
    const mac = sent.destinationMac;
    const out = linkOf(before, sent.ifindex, sent.device);
    if (sent.kind !== "device-tx" || mac === undefined || !out?.bridgePort) return null;
    const vlan = vlanOf(subject, sent, out.masterIfindex);
    if (vlan === null) return null;
    const isUsed = (each: FdbEntry) =>
      each.mac === mac && each.device === out.name && each.vlan === vlan;
    const entry = before.fdb.find(isUsed);
    if (!entry) return null;
    const holders = holdersOfMac(world.network, mac);
    const isElsewhere = (holder: typeof holders[number]) => {
      const ports = portsTowards(before, out.masterIfindex, [holder]);
      return ports.length > 0 && ports.every(({ ifindex }) => ifindex !== out.ifindex);
    };
    const [holder] = holders;
    if (!holder || !holders.every(isElsewhere)) return null;
    const [right] = portsTowards(before, out.masterIfindex, holders);
    const there = placeOf(holder.node, holder.netns, holder.link.name);
    return cause(
      "destination-mac-mismatch",
      "proven",
      `the frame for ${
        wireDestination(sent)
      } is addressed to ${mac}, and the bridge sent it by ${out.name}, where its ` +
        `table has that MAC; but it is the MAC of ${there}, which is behind ${right!.name}`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        stateEvidence(
          node,
          `fdb: ${mac} is behind ${out.name}${vlan === undefined ? "" : ` in VLAN ${vlan}`} (${
            entry.flags.join(" ") || "learned"
          })`,
        ),
        stateEvidence(
          holder.node,
          `${there} has MAC ${mac}, and is the other end of ${right!.name}`,
        ),
      ],
      checked({
        ...{ node, netns, state: before },
        changes: [{
          do: "delete-fdb",
          entry: { device: out.name, mac, flags: [], ...idsOf(entry) },
        }],
        passes: ({ fdb }) => !fdb.some(isUsed),
      }),
    );
  },
};

/** The VLAN that the bridge looked the frame up in; undefined: it has none, null: it is not known. */
function vlanOf(subject: Case, sent: Sighting, bridge: number | undefined) {
  const own = linkOf(subject.before, bridge);
  if (!own || !filtersVlans(own)) return undefined;
  const into = cameInBy(subject, sent, own.ifindex);
  return (into && vlanAtPort(into.link, into.event.vlan)) ?? null;
}

const idsOf = ({ master, vlan }: FdbEntry) => ({
  ...(master === undefined ? {} : { master }),
  ...(vlan === undefined ? {} : { vlan }),
});
