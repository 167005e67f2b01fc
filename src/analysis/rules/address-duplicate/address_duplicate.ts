/** Two hosts that have one address, and answer for it in turn. */
import { onlyNextHopBy, routeBy } from "../../view/next_hops.ts";
import { hasFrameFrom } from "../../view/frames_from.ts";
import { answersFor, neighbourChanges } from "../../view/evidence.ts";
import { holdersOfMac, type Owner, ownersOf, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import type { ExchangeCase, ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";
import { holdersOnLink, type Used } from "../shared/entry_used.ts";
import { prefix } from "../word.ts";

/** Two answers for one address this close are of one question, ns. */
const TOGETHER_NS = 1e9;

/**
 * Two probed hosts have an address on one link, and the sender took it to be at both of them, or its
 * packets came to the one and failed there.
 *
 * What else looks like it: an address that moved once (VRRP), which one host has no more by its last
 * reading; one on the loopback devices of many (anycast); a proxy of ARP, which has not the address;
 * ports of a bridge or a bond, which share a MAC and a host; the same private network behind many
 * hosts: the other holders never answer this sender, and no frame of its link comes to them.
 */
export const addressDuplicate: ExchangeRule = {
  id: "R67",
  statement:
    "Two probed hosts have a next hop's address on the sender's network by their last readings, and " +
    "the sender got answers for it from both within a second, or went from one to the other and " +
    "back: `address-duplicate`. Likely, when both are on one link, by a frame of the one or of the " +
    "sender that came to the other, or because the other had just sent what was answered, and the " +
    "exchange failed at one of them.",
  yields: ["address-duplicate"],
  find(subject) {
    for (const used of hopsOf(subject)) {
      const holders = byMac(holdersOnLink(used, ownersOf(subject.world.network, used.hop)));
      if (holders.size < 2) continue;
      const told = tellings(subject, used).filter(({ mac }) => holders.has(mac));
      if (isInTurn(told)) return found(used, holders, told, "proven");
      if (isFailed(subject, used, holders)) return found(used, holders, told, "likely");
    }
    return null;
  },
};

function found(
  { sender, hop, device }: Used,
  all: ReadonlyMap<string, Owner>,
  told: readonly Telling[],
  confidence: "proven" | "likely",
) {
  const holders = [...all].slice(0, HOLDERS_MAX);
  const places = holders.map(([mac, { node, netns, link }]) =>
    `${placeOf(node, netns, link.name)} (${mac})`
  );
  const from = placeOf(sender.node, sender.netns, device);
  const used = turns(told);
  const which = used.length > 1
    ? `for ${from} it is now the one, now the other`
    : `${from} sent its packets to ${used[0]}`;
  return cause(
    "address-duplicate",
    confidence,
    `${hop} is at ${places.join(" and at ")}: ${which}`,
    [
      ...holders.map(([mac, { node, netns, link }]) =>
        stateEvidence(node, `${placeOf(node, netns, link.name)} has ${hop}, MAC ${mac}`)
      ),
      {
        node: sender.node.name,
        kind: "event",
        text: `link addresses of ${hop} as ${sender.node.name} was told and used them: ${
          used.slice(0, 6).join(", then ")
        }`,
      },
    ],
    holders.flatMap(([, { node, netns }]) =>
      command(node, netns, ["ip", "addr", "show", "to", prefix(hop)])
    ),
  );
}

/** Holders that are named. */
const HOLDERS_MAX = 3;

/**
 * The exchange failed, its frames went to one of the holders, and the others are on the link: a frame
 * with the MAC of that one, or of the sender, came to them, and no other device has that MAC; or they
 * had just sent the sender what it answered. A router gives frames its own MAC.
 */
function isFailed(
  { exchange, world }: ExchangeCase,
  { sender, hop }: Used,
  holders: ReadonlyMap<string, Owner>,
): boolean {
  if (!FAILED.includes(exchange.outcome) || sender.destination !== hop) return false;
  const to = sender.destinationMac!;
  if (!holders.has(to)) return false;
  const macs = [to, sender.sourceMac].filter((mac) =>
    mac !== undefined && holdersOfMac(world.network, mac).length === 1
  );
  const own = sendersOf(exchange, sender, hop);
  return [...holders].every(([mac, { node, netns }]) =>
    mac === to || own.has(mac) || macs.some((each) => hasFrameFrom(each!, node, netns))
  );
}

/**
 * MACs with which packets of the exchange came from the address to the sender, by the device and right
 * before: that long an address does not move to another host.
 */
function sendersOf({ question, answers }: ExchangeCase["exchange"], sender: Sighting, hop: string) {
  const macs = new Set<string | undefined>();
  for (const { steps } of [question, ...answers].flatMap(({ packets }) => packets)) {
    for (const { event } of steps) {
      const isHere = event.kind === "device-rx" && event.node === sender.node &&
        event.netns === sender.netns && event.ifindex === sender.ifindex;
      const since = sender.at - event.at;
      if (isHere && event.source === hop && since >= 0 && since <= TOGETHER_NS) {
        macs.add(event.sourceMac);
      }
    }
  }
  return macs;
}

const FAILED: readonly string[] = ["refused", "unanswered", "broken", "mis-answered"];

const hopKey = ({ node, netns, ifindex, destination }: Sighting) =>
  `${node.name} ${netns} ${ifindex} ${destination}`;

/** Next hops that packets of either direction were sent to, each once a sender. */
function hopsOf({ exchange }: ExchangeCase): Used[] {
  const found = new Map<string, Used>();
  for (const flow of [exchange.question, ...exchange.answers]) {
    for (const { steps } of flow.packets) {
      for (const { event } of steps) {
        if (event.kind !== "device-tx" || event.tunnelKind !== undefined) continue;
        if (event.destinationMac === undefined || event.destination === undefined) continue;
        // Where no state was read none is found, and all packets are looked at.
        if (found.size > 0 && found.has(hopKey(event))) continue;
        const { source, destination } = event;
        const state = stateAt(event.node, event.netns, event.at);
        const route = state && routeBy(state, { source, destination }, event.device);
        const hop = route && onlyNextHopBy({ route }, destination, event.device);
        if (!hop) continue;
        found.set(hopKey(event), {
          ...{ sender: event, hop, device: event.device!, text: undefined, permanent: false },
        });
      }
    }
  }
  return [...found.values()];
}

/** Holders on different hosts, by their MACs; of one host only the first. */
function byMac(holders: readonly Owner[]): Map<string, Owner> {
  const hosts = new Map<string, Owner>();
  for (const holder of holders) {
    const key = `${holder.node.name} ${holder.netns}`;
    if (!hosts.has(key)) hosts.set(key, holder);
  }
  return new Map([...hosts.values()].map((holder) => [holder.link.mac!, holder]));
}

interface Telling {
  at: number;
  mac: string;
  /** An answer to a question for the address, not the use of what was answered. */
  answer: boolean;
}

/** What the sender's namespace was told of the address, and what it sent frames to, in order. */
function tellings(subject: ExchangeCase, { sender, hop, device }: Used): Telling[] {
  const isHere = (event: Sighting) => event.node === sender.node && event.netns === sender.netns;
  const answers = answersFor(subject.evidence, hop).filter((event) =>
    event.kind === "device-rx" && isHere(event) && event.sourceMac !== undefined
  ).map((event) => ({ at: event.at, mac: event.sourceMac!, answer: true }));
  const changes = neighbourChanges(subject.evidence, hop).filter((event) =>
    isHere(event) && event.neighbourMac !== undefined
  ).map((event) => ({ at: event.at, mac: event.neighbourMac!, answer: false }));
  const used = [subject.exchange.question, ...subject.exchange.answers].flatMap((flow) =>
    flow.packets.flatMap(({ steps }) =>
      steps.map(({ event }) => event).filter((event) =>
        event.kind === "device-tx" && isHere(event) && event.device === device &&
        event.destinationMac !== undefined
      )
    )
  ).map((event) => ({ at: event.at, mac: event.destinationMac!, answer: false }));
  return [...answers, ...changes, ...used].sort((a, b) => a.at - b.at || (a.mac < b.mac ? -1 : 1));
}

/** Both answered one question, or the sender changed from one to the other and back. */
function isInTurn(told: readonly Telling[]): boolean {
  const answers = told.filter(({ answer }) => answer);
  const together = answers.some((one, i) =>
    i > 0 && one.mac !== answers[i - 1]!.mac && one.at - answers[i - 1]!.at <= TOGETHER_NS
  );
  return together || turns(told).length > 2;
}

/** The MACs in order, those in a row once. */
const turns = (told: readonly Telling[]): string[] =>
  told.map(({ mac }) => mac).filter((mac, i, all) => mac !== all[i - 1]);
