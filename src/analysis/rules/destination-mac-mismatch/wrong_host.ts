/** A frame that a wrong neighbour entry sent to a host which does not forward. */
import { netnsName } from "../../view/netns_names.ts";
import { command } from "../command.ts";
import type { Owner } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { forwardingDisabled } from "../ip-forwarding-disabled/forwarding_disabled.ts";
import { cause, type Rule } from "../rule.ts";
import { entryUsed, holdersOf, isNeighbour } from "../shared/entry_used.ts";
import { frameOf } from "../shared/frame.ts";
import { ipvlansOn } from "../shared/ipvlans.ts";
import { address, device as deviceWord } from "../word.ts";

/** Devices whose addresses are told. */
const IPVLANS_SHOWN = 4;

/** A neighbour entry sent it to a host that has not the next hop's address. */
export const sentToWrongHost: Rule = {
  id: "R14",
  statement: "Died as in R1 on a host that has not the address which the frame's sender has a " +
    "neighbour entry for, though that address is of the very network the frame came by, or that of an ipvlan on that device: " +
    "`destination-mac-mismatch`, with the entry; where a device of the same MAC has the address, the " +
    "two. A router has the address that packets are sent to it by, and stays R1's.",
  yields: ["destination-mac-mismatch"],
  judge(subject) {
    // A router has the next hop's address, a host that got the frame by mistake has not.
    if (subject.event.tunnelKind !== undefined || !forwardingDisabled.judge(subject)) return null;
    const mac = frameOf(subject)?.destinationMac;
    const way = mac === undefined ? null : entryUsed(subject, mac);
    if (!way?.text) return null;
    // All of these have this MAC on purpose, and the entry may be from when one had the address.
    const on = ipvlansOn(subject.event);
    const isOfLink = isNeighbour([subject.before, subject.after], way.hop, subject.device) ||
      on.some(({ state, link }) => isNeighbour([state], way.hop, link.name));
    if (!isOfLink) return null;
    const { sender, hop, device } = way;
    const twin = holdersOf(subject, way).find((holder) => isTwin(holder, mac!));
    if (twin) return sameMac(subject, mac!, hop, twin);
    const destination = subject.event.destination!;
    const where = `${netnsName(sender.node, sender.netns)} on ${sender.node.name}`;
    const next = hop === destination ? "" : `, the next hop to ${destination}`;
    return cause(
      "destination-mac-mismatch",
      "proven",
      `${where} sent the packet to ${mac}, which it has for ${hop}${next}; that is the MAC of ${
        place(subject)
      }, which has no such address and does not forward${
        on.length === 0 ? "" : ", and no ipvlan on it has it"
      }`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        stateEvidence(sender.node, `neighbour entry in ${where}: ${way.text}`),
        stateEvidence(
          subject.node,
          `no device in ${netnsName(subject.node, subject.netns)} has address ${hop}`,
        ),
        ...on.slice(0, IPVLANS_SHOWN).map(({ node, netns, link }) => {
          const has = link.addresses.map((own) => own.address).join(", ") || "no address";
          return stateEvidence(node, `${placeOf(node, netns, link.name)} has ${has}`);
        }),
      ],
      command(sender.node, sender.netns, [
        ...["ip", "neigh", "show", address(hop), "dev", deviceWord(device)],
      ]),
    );
  },
};

/** The entry is right: who has the address has this MAC. An ipvlan's is its parent's on purpose. */
const isTwin = ({ link }: Owner, mac: string): boolean =>
  link.mac === mac && link.kind !== "ipvlan";

/** Two devices on one link with one MAC, as a machine that was cloned has. */
function sameMac(subject: Case, mac: string, hop: string, twin: Owner) {
  const there = placeOf(twin.node, twin.netns, twin.link.name);
  return cause(
    "destination-mac-mismatch",
    "proven",
    `${there}, which has ${hop}, and ${place(subject)} have the same MAC ${mac}: a switch sends ` +
      "frames for it to where it heard it last, and this one went to the latter, which has no such " +
      "address and does not forward",
    [
      eventEvidence(subject, `frame addressed to ${mac}`),
      stateEvidence(twin.node, `${there} has ${hop} and MAC ${mac}`),
      stateEvidence(subject.node, `${place(subject)} has MAC ${mac}`),
    ],
    [twin, { ...subject, link: { name: subject.device } }].flatMap(({ node, netns, link }) =>
      command(node, netns, ["ip", "link", "show", "dev", deviceWord(link.name)])
    ),
  );
}
