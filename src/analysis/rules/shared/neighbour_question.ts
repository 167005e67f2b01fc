/** What became of the question for a link address (ARP, neighbour discovery) at who has the address. */
import { answersFor, questionsFor } from "../../view/evidence.ts";
import type { Evidence } from "../../../event/report.ts";
import {
  linkOf,
  type Owner,
  ownersOf,
  ownsAddress,
  stateAt,
  sysctl,
} from "../../view/state_view.ts";
import { goneSince } from "../../view/presence.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { device } from "../word.ts";
import { answerDied } from "./answer_dead.ts";
import type { Asked } from "./asked.ts";
import { died, QUESTION_CODES } from "./aside_death.ts";
import { fromOwnAddress, notItsOwnThere, refusedByWayBack } from "./question_by_tables.ts";
import { holderDown, keptByTunnel, keptFromAbove, refusedByDownVlan } from "./question_above.ts";
import { diedAtAsker } from "./question_at_asker.ts";
import { keptSilent } from "./question_kept_silent.ts";
import { lostBefore, wasRead } from "./question_to_lost_address.ts";
import { deathInTunnel } from "./question_in_tunnel.ts";
import { askedOfAnotherGroup } from "./question_to_group.ts";
import { keptByVlan, stoppedInDatapath } from "./question_in_datapath.ts";
import { takenByXdp } from "./question_taken_by_xdp.ts";
import { keptByProxy, notProxied } from "./proxy_arp.ts";
import { stoppedOnTheWay } from "./question_on_the_way.ts";
import { thenOf } from "./then.ts";
import { vlanNobodyTakes } from "./vlan_devices.ts";
import { tagNobodyTakes } from "./question_tagged.ts";

/** What the death of a question may be called; else it is that nobody answered. */
export const ASKED_CODES = [
  ...QUESTION_CODES,
  ...[
    "bridge-vlan-filtered",
    "ip-forwarding-disabled",
    "link-down",
    "macvlan-isolation",
    "martian-address",
    "openvswitch-drop",
    "reverse-path-filter",
  ] as const,
  ...["vlan-unknown", "xdp-drop"] as const,
];

/** Holders that are named. */
const HOLDERS_MAX = 3;

/**
 * Who has `hop`, which the device of this name asked for. A holder whose namespace was reached by
 * the question is on the link; of the others it is only said that they have the address.
 */
export function askedFor(subject: Case, hop: string, name: string): Asked {
  const own = questionsFor(subject.evidence, hop).filter(isFrom(subject, name));
  const unsent = diedAtAsker(subject, hop, name, own);
  if (unsent) return unsent;
  const here = (owner: Owner) => owner.node === subject.node && owner.netns === subject.netns;
  const owners = ownersOf(subject.world.network, hop).filter((owner) => !here(owner));
  for (const owner of owners) {
    const question = arrival(subject, hop, name, owner);
    const held = question && stateAt(owner.node, owner.netns, question.at);
    if (question && ownsAddress(held ?? null, hop)) {
      return fateOf(subject, hop, name, owner, question);
    }
    const lost = question && lostBefore(owner, hop, question);
    if (lost) return lost;
  }
  const dead = deathInTunnel(subject, hop, ownAddresses(subject, name), owners) ??
    askedOfAnotherGroup(subject, hop, ownAddresses(subject, name), owners);
  if (dead) return dead;
  const stopped = stoppedOnTheWay(subject, hop, own, owners) ??
    keptByVlan(subject, hop, own, owners) ??
    (owners.length > 0 ? stoppedInDatapath(subject, hop, own) : null) ??
    takenByXdp(subject, hop, name, own, owners) ??
    keptFromAbove(hop, own, owners) ?? keptByTunnel(subject, own, owners) ??
    keptByProxy(subject, hop, own) ?? refusedByDownVlan(subject, hop, own, owners) ??
    (owners.length === 0 ? notProxied(subject, hop, name, own) : null);
  if (stopped) return stopped;
  const there = owners.filter((owner) => goneSince(owner, hop, thenOf(subject)) === null);
  return {
    text: "",
    evidence: there.length === 0
      ? [stateEvidence(subject.node, `no probed node has address ${hop}`)]
      : there.slice(0, HOLDERS_MAX).map((owner) =>
        stateEvidence(
          owner.node,
          `${wasRead(owner, hop)}${
            arrival(subject, hop, name, owner)
              ? ""
              : "; no question for it was seen to arrive there"
          }`,
        )
      ),
    remedy: [],
  };
}

const placeOwner = ({ node, netns, link }: Owner) => placeOf(node, netns, link.name);

/** Addresses of the device that asks. */
const ownAddresses = (subject: Case, name: string): ReadonlySet<string> =>
  new Set(linkOf(subject.before, undefined, name)?.addresses.map(({ address }) => address));

/** Whether a question is one of this device. */
function isFrom(subject: Case, name: string) {
  const asker = linkOf(subject.before, undefined, name);
  const own = ownAddresses(subject, name);
  return ({ sourceMac, source }: Sighting): boolean =>
    (sourceMac !== undefined && sourceMac === asker?.mac) || own.has(source ?? "");
}

/**
 * The last question of this device that came into the owner's namespace, out of its tunnel. Where two of its
 * devices are on one link each has a copy: the one whose address it is should have answered.
 */
function arrival(subject: Case, hop: string, name: string, owner: Owner): Sighting | undefined {
  const isOwn = isFrom(subject, name);
  const came = questionsFor(subject.evidence, hop).filter((event) =>
    event.kind === "device-rx" && event.node === owner.node && event.netns === owner.netns &&
    event.tunnelKind === undefined && isOwn(event)
  );
  return came.findLast(({ device }) => device === owner.link.name) ?? came.at(-1);
}

function fateOf(
  subject: Case,
  hop: string,
  name: string,
  owner: Owner,
  question: Sighting,
): Asked {
  const reached = `; the question reached ${placeOwner(owner)}, which has ${hop}`;
  const seen: Evidence = {
    node: owner.node.name,
    kind: "event",
    text: `the question for ${hop} came in by ${question.device} of ${owner.node.name}`,
  };
  const untaken = vlanNobodyTakes(question);
  if (untaken) {
    return {
      code: "vlan-unknown",
      text: `; the question came to ${
        placeOf(question.node, question.netns, question.device ?? "")
      } in VLAN ${untaken.id}, which no device takes there${untaken.others}; ${hop} is at ${
        placeOwner(owner)
      }`,
      evidence: [seen],
      remedy: command(owner.node, owner.netns, ["ip", "-d", "link", "show", "type", "vlan"]),
    };
  }
  const tagged = tagNobodyTakes(subject, name, question);
  if (tagged) return { ...tagged, evidence: [seen, ...tagged.evidence] };
  const down = holderDown(owner, hop, question);
  if (down) return down;
  const unusable = notUsable(owner, hop, question, reached, seen);
  if (unusable) return unusable;
  const free = questionsFor(subject.evidence, hop).find((event) =>
    event.node === question.node && event.skb === question.skb && event.at > question.at &&
    event.kind === "drop"
  );
  if (free) return died(subject, question, free, reached, seen);
  const answers = answersFor(subject.evidence, hop);
  const answer = answers.find((event) =>
    event.node === owner.node && event.netns === owner.netns && event.kind === "device-tx" &&
    event.at > question.at
  );
  const atAsker = answers.filter((event) =>
    event.node === subject.node && event.netns === subject.netns
  );
  // Once it came back only who asks can have refused it.
  const isBack = atAsker.some(({ kind }) => kind === "device-rx");
  const dead = answerDied(subject, owner, question, isBack ? atAsker : answers, reached, seen);
  if (dead) return dead;
  if (!answer) {
    return fromOwnAddress(owner, hop, question, reached, seen) ??
      refusedByWayBack(owner, hop, question, reached, seen) ??
      keptSilent(owner, hop, question, seen) ??
      notItsOwnThere(owner, hop, question, reached, seen) ?? unanswered(owner, hop, reached, seen);
  }
  const back = answers.find((event) =>
    event.node === subject.node && event.netns === subject.netns && event.kind === "device-rx"
  );
  const came = back
    ? `came back to ${back.device} of ${subject.node.name}, and was not taken`
    : "was not seen to come back";
  const text = `the answer left by ${answer.device} of ${owner.node.name}, and ${came}`;
  return {
    text: `${reached} and answered; the answer ${came}`,
    evidence: [seen, { node: owner.node.name, kind: "event", text }],
    remedy: [],
  };
}

/**
 * IPv6 answers for an address only once nobody else was found to have it: one that failed duplicate
 * address detection stays in the list, and is dead, also when the other host has gone.
 */
function notUsable(
  { node, netns }: Owner,
  hop: string,
  question: Sighting,
  reached: string,
  seen: Evidence,
): Asked | null {
  const link = stateAt(node, netns, question.at)?.links.find(({ addresses }) =>
    addresses.some(({ address }) => address === hop)
  );
  const flags = link?.addresses.find(({ address }) => address === hop)?.flags;
  if (!link || !flags?.includes("dadfailed")) return null;
  return {
    text:
      `${reached} and does not use it: duplicate address detection found another host with it ` +
      "(dadfailed)",
    evidence: [seen, stateEvidence(node, `${hop} dev ${link.name}: ${flags.join(" ")}`)],
    remedy: command(node, netns, [
      "ip",
      "-6",
      "addr",
      "show",
      "dev",
      device(link.name),
      "dadfailed",
    ]),
  };
}

function unanswered(owner: Owner, hop: string, reached: string, seen: Evidence): Asked {
  const settings = hop.includes(":")
    ? []
    : ["arp_ignore", "arp_filter"].flatMap((setting) =>
      ["all", owner.link.name].map((name) => `net.ipv4.conf.${name}.${setting}`)
    );
  const read = settings.flatMap((name) => {
    const value = sysctl(owner.state, name);
    return value === undefined || value === "0"
      ? []
      : [stateEvidence(owner.node, `${name} = ${value}`)];
  });
  return {
    text: `${reached}, of which no answer was seen`,
    evidence: [seen, ...read],
    remedy: command(owner.node, owner.netns, [
      "ip",
      "addr",
      "show",
      "dev",
      device(owner.link.name),
    ]),
  };
}
