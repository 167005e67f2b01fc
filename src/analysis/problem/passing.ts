/** What got through where others died: the evidence that a problem is mended. Rule P3. */
import { isTooYoung } from "../../event/gaps.ts";
import { bytesOf } from "../verdict/crossings.ts";
import { type FlowGroup, protocolName } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { type Exchange, joinedFlows } from "../exchange/exchange.ts";
import type { FlowVerdict } from "../rules/flow_causes.ts";
import { wallMs, wallMsAt } from "../view/time_of_day.ts";
import type { Sighting } from "../view/timeline.ts";
import { type Place, sightingAt, timesAt, type Trouble } from "./trouble.ts";

/** One thing of the kind that failed, and got through. */
export interface Pass {
  client: string;
  /** When it came by the place, `at` of its node; null: it was not seen there. */
  at: number | null;
  /** When it began, ms since 1970. */
  wallMs: number;
  /** It asks something by itself: an exchange, an echo, a datagram; a segment of a connection does not. */
  isQuestion: boolean;
}

/** What is known of all that is like what failed. */
export interface Others {
  passes: Pass[];
  /** What nobody knows the fate of: by the clock of the place's node, as `at`; infinite where unseen. */
  undecided: number[];
}

/** Exchanges and flows of one part of an incident that got through, and that nobody knows the fate of. */
export interface Passed {
  exchanges: Exchange[];
  undecided: Exchange[];
  flows: FlowGroup[];
}

/** What got through among these. */
export function passedAmong(
  exchanges: Iterable<Exchange>,
  verdicts: readonly FlowVerdict[],
): Passed {
  const passed: Passed = { exchanges: [], undecided: [], flows: [] };
  const belonging = new Set<FlowGroup>();
  for (const exchange of exchanges) {
    for (const flow of joinedFlows(exchange)) belonging.add(flow);
    const { outcome, gap } = exchange;
    if (outcome === "unknown" && !isTooYoung(gap)) passed.undecided.push(exchange);
    if (outcome === "answered" || outcome === "slow") passed.exchanges.push(exchange);
  }
  for (const { group, outcome } of verdicts) {
    if (outcome === "delivered" && !belonging.has(group)) passed.flows.push(group);
  }
  return passed;
}

/** All of an incident that got through, by whom it asked. */
export class Passing {
  #exchanges = new Map<string, Exchange[]>();
  #undecided = new Map<string, Exchange[]>();
  #flows = new Map<string, FlowGroup[]>();

  constructor(parts: Iterable<Passed>) {
    for (const { exchanges, undecided, flows } of parts) {
      for (const exchange of exchanges) add(this.#exchanges, endKey(exchange.form), exchange);
      for (const exchange of undecided) add(this.#undecided, endKey(exchange.form), exchange);
      for (const flow of flows) add(this.#flows, endKey(flow.form), flow);
    }
  }

  /** [P3] All that got through of the kind of these troubles, which are one problem. */
  of(troubles: readonly Trouble[]): Others {
    const kind = kindOf(troubles);
    const failed = new Set(troubles.map(({ exchange }) => exchange));
    const passes: Pass[] = [];
    for (const exchange of this.#exchanges.get(kind.end) ?? []) {
      // What was slow got through, but not where the problem is that it is slow.
      if (failed.has(exchange) || (kind.isSlow && exchange.outcome === "slow")) continue;
      const flows = kind.isAnswer ? exchange.answers : [exchange.question];
      passes.push(...flows.slice(0, 1).map((flow) => ofFlow(flow, exchange.form.source, kind)));
    }
    for (const flow of this.#flows.get(kind.end) ?? []) {
      passes.push(ofFlow(flow, flow.form.source, kind));
    }
    for (const trouble of troubles) {
      for (const pass of ofPackets(trouble, kind)) passes.push(pass);
    }
    const undecided = (this.#undecided.get(kind.end) ?? []).filter((one) => !failed.has(one))
      .map(({ question }) => timesAt(question.packets, kind.place).at(-1) ?? Infinity);
    return { passes, undecided };
  }
}

/** What packets must be like to be of the kind that failed. */
interface Kind {
  end: string;
  isAnswer: boolean;
  isSlow: boolean;
  place: Place;
  /** Forms in which they failed at the place, their client's end left out. */
  forms: Set<string>;
  /** Bytes of the smallest that died; 0 where none did. */
  leastBytes: number;
}

function kindOf(troubles: readonly Trouble[]): Kind {
  const [first] = troubles;
  const { protocol, to, direction, outcome, place } = first!;
  const dead = troubles.flatMap((trouble) => trouble.dead);
  const sizes = dead.map(({ end }) => bytesOf(end.step.event)).filter((bytes) => bytes !== null);
  const isAnswer = direction === "answer";
  return {
    end: `${protocol} ${to.address} ${to.port ?? ""}`,
    isAnswer,
    isSlow: outcome === "slow",
    place,
    forms: new Set(
      troubles.flatMap(({ best }) => best ? [serverEnd(best.end.step.event, isAnswer)] : []),
    ),
    leastBytes: sizes.length > 0 ? least(sizes) : 0,
  };
}

const endKey = (form: FlowGroup["form"]) =>
  `${protocolName(form)} ${form.destination} ${form.destinationPort ?? ""}`;

function add<T>(map: Map<string, T[]>, key: string, one: T): void {
  const list = map.get(key);
  if (list) list.push(one);
  else map.set(key, [one]);
}

const serverEnd = (event: Sighting, isAnswer: boolean) =>
  isAnswer
    ? `${event.source} ${event.sourcePort}`
    : `${event.destination} ${event.destinationPort}`;

const known = new WeakMap<FlowGroup, { key: string; pass: Pass }>();

/** A flow that got through whole: one pass, which begins with its first packet. Found once a flow. */
function ofFlow(flow: FlowGroup, client: string, kind: Kind): Pass {
  const { place: { node, netns }, isAnswer, leastBytes, forms } = kind;
  const key = JSON.stringify([client, node.name, netns, isAnswer, leastBytes, ...forms]);
  const before = known.get(flow);
  if (before?.key === key) return before.pass;
  const pass = passOf(flow, client, kind);
  known.set(flow, { key, pass });
  return pass;
}

function passOf({ packets }: FlowGroup, client: string, kind: Kind): Pass {
  const firsts = packets.flatMap((packet) => firstOfKind(packet, kind) ?? []);
  const bytes = packets.reduce((most, packet) => Math.max(most, largestAt(packet, kind.place)), 0);
  const began = packets.flatMap(({ packet }) =>
    packet.chains.map(({ events }) => wallMs(events[0]!))
  );
  const isOfKind = firsts.length > 0 && bytes >= kind.leastBytes;
  const at = isOfKind ? least(firsts.map((event) => event.at)) : null;
  return { client, at, wallMs: least(began), isQuestion: true };
}

const least = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.min(a, b), Infinity);

/** Packets of a flow that failed, which died of it no more. */
function ofPackets(trouble: Trouble, kind: Kind): Pass[] {
  const { exchange, client, dead, best } = trouble;
  if (dead.length === 0 && !exchange?.silent) return [];
  const flows = exchange ? [exchange.question, ...exchange.answers] : [];
  const whole =
    flows.find(({ packets }) => best !== undefined && packets.includes(best))?.packets ??
      [];
  // Where the host was silent, it is its answers that show that it is so no more.
  const packets = dead.length > 0 ? whole : exchange!.answers.flatMap((answer) => answer.packets);
  return packets.flatMap((packet) => {
    if (packet.outcome !== "delivered") return [];
    const event = dead.length > 0 ? firstOfKind(packet, kind) : sightingAt(packet, kind.place);
    if (!event || largestAt(packet, kind.place) < kind.leastBytes) return [];
    const isQuestion = trouble.protocol !== "tcp";
    return [{ client, at: event.at, wallMs: wallMsAt(event.node, event.at), isQuestion }];
  });
}

/** Its first sighting at the place in a form that others failed in. */
function firstOfKind({ packet }: Judgement, { place, forms, isAnswer }: Kind) {
  let first: Sighting | undefined;
  for (const { node, events } of packet.chains) {
    if (node !== place.node) continue;
    const event = events.find((other) =>
      other.netns === place.netns && (forms.size === 0 || forms.has(serverEnd(other, isAnswer)))
    );
    if (event && (!first || event.at < first.at)) first = event;
  }
  return first;
}

/** Bytes of the packet where it was largest at the place. */
function largestAt({ packet }: Judgement, { node, netns }: Place): number {
  let bytes = 0;
  for (const chain of packet.chains) {
    if (chain.node !== node) continue;
    for (const event of chain.events) {
      if (event.netns === netns) bytes = Math.max(bytes, bytesOf(event) ?? 0);
    }
  }
  return bytes;
}
