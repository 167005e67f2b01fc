/** Who had a packet's destination, and is known to be gone. */
import { type HolderNames, holderWords } from "../../../event/holder_names.ts";
import { holderAt } from "../../view/netns_names.ts";
import { goneSince, ownersThen, type Sign } from "../../view/presence.ts";
import { rfc3339 } from "../../view/rfc3339.ts";
import { type Owner, ownersOf } from "../../view/state_view.ts";
import { wallMsAt } from "../../view/time_of_day.ts";
import type { Evidence } from "../../../event/report.ts";
import type { Case } from "../case.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { thenOf } from "../shared/then.ts";

/** The end that is gone. */
export interface Gone {
  address: string;
  /** `pod shop/payments`, else its device and namespace. */
  who: string;
  /** Whose it was, as far as the node told. */
  holder: HolderNames;
  /** Time of day by which it was gone, RFC 3339. */
  since: string;
  evidence: Evidence[];
}

/** The last of those that had the destination on the node of the packet's end, where all of them are gone. */
export function goneEnd(subject: Case): Gone | null {
  const { event, node, world } = subject;
  const { destination: address } = event;
  if (address === undefined || event.tunnelKind !== undefined) return null;
  const then = thenOf(subject);
  if (ownersThen(world.network, address, then).length > 0) return null;
  const all = ownersOf([node], address).map((owner) => ({
    owner,
    absence: goneSince(owner, address, then)!,
  }));
  const last = all.sort((a, b) => b.absence.from - a.absence.from)[0];
  // Who has given the address away is there still.
  if (!last || last.absence.sign === "other") return null;
  const { owner, absence } = last;
  const holder = holderAt(node, owner.netns, readAt(owner));
  const device = placeOf(node, owner.netns, owner.link.name);
  const since = rfc3339(wallMsAt(node, absence.from));
  const words = holderWords(holder);
  return {
    address,
    who: words === undefined ? device : `${words} on ${node.name}`,
    holder,
    since,
    evidence: [
      stateEvidence(node, `${owner.link.name} of ${words ?? device} had ${address}`),
      stateEvidence(node, `it was gone by ${since}: ${SIGNS[absence.sign]}`),
    ],
  };
}

const readAt = ({ node, state }: Owner) => Number(BigInt(state.timeNs) - node.baseNs);

const SIGNS: Record<Sign, string> = {
  ended: "its network namespace has ended",
  device: "its namespace was read without that device",
  pair: "the other end of its veth pair was there no more",
  other: "it has another address",
};
