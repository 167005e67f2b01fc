/** Troubles with the packets that show them. Rule P1. */
import { speaksForNoOther } from "../../event/gaps.ts";
import type { Cause, End } from "../../event/report.ts";
import type { Form } from "../correlate/identity.ts";
import { type Exchange, joinedFlows } from "../exchange/exchange.ts";
import { isLost } from "../exchange/losses.ts";
import { TCP, UDP } from "../kernel/protocols.ts";
import type { ExchangeFindings } from "../rules/exchange_causes.ts";
import type { CauseOfPackets, FlowVerdict } from "../rules/flow_causes.ts";
import { type FlowGroup, protocolName } from "../verdict/flows.ts";
import { hasLongerWay, type Judgement } from "../verdict/judgement.ts";
import { isToAll } from "../verdict/to_all.ts";
import { countOf } from "../verdict/withheld.ts";
import { packetsOf } from "./asked.ts";
import { isCutOff } from "./cut_off.ts";
import { isRouteProbe } from "./route_probe.ts";
import { isAt, lastAtPlace, type Place, placeOf, timesAt } from "./place.ts";
import { speaksFor, type Towards, type TroubleTold } from "./trouble_told.ts";

/** A flow, or an exchange, that failed of one cause at one place, as it is found. */
export interface ShownTrouble extends TroubleTold {
  /** The packet that shows it best. */
  best: Judgement;
  /** The exchange that failed; absent: a flow of none, or of one that got its answer. */
  exchange?: Exchange;
  /** Packets that died there, where they did. */
  dead: readonly Judgement[];
}

const NO_TROUBLE: readonly string[] = ["answered", "in-flight"];

/** What packets show to be wrong in some flows and in all exchanges that they belong to. */
export interface ShownTroubles {
  /** All of them: those of exchanges, then those of flows beside that. */
  all: readonly ShownTrouble[];
  /** How many of them are of exchanges, one of each. */
  ofExchanges: number;
  exchanges: readonly Exchange[];
}

/** A trouble before all that belong together are known. */
type Found = Omit<ShownTrouble, "packets" | "nth">;

/** [P1] What went wrong with exchanges, and with flows beside that. */
export function shownTroubles(
  found: ReadonlyMap<Exchange, ExchangeFindings>,
  verdicts: readonly FlowVerdict[],
): ShownTroubles {
  const ofExchanges = new Map<Exchange, Found>();
  const behind = new Map<Exchange, readonly Cause[]>();
  const exchanges = new Map<string, Exchange>();
  for (const [exchange, findings] of found) {
    const trouble = ofExchange(exchange, findings);
    if (trouble) ofExchanges.set(exchange, trouble);
    behind.set(exchange, findings.findings);
    for (const { id } of joinedFlows(exchange)) exchanges.set(id, exchange);
  }
  const more: Found[] = [];
  for (const verdict of verdicts) {
    const exchange = exchanges.get(verdict.group.id);
    const told = exchange && ofExchanges.get(exchange);
    const own = ofFlow(verdict, exchange, told && { ...told, behind: behind.get(exchange)! });
    for (const trouble of own) {
      if (exchange && speaksFor(trouble, ofExchanges.get(exchange))) ofExchanges.delete(exchange);
    }
    more.push(...own);
  }
  const packets = new Map(verdicts.map(({ group, packets }) => [group.id, packets]));
  const all = [...ofExchanges.values(), ...more].map((trouble, nth): ShownTrouble => ({
    ...trouble,
    packets: packets.get(trouble.flow) ?? countOf([]),
    nth,
  }));
  return { all, ofExchanges: ofExchanges.size, exchanges: [...found.keys()] };
}

const towards = (
  form: Form,
  direction: Towards["direction"],
): Towards => ({
  protocol: protocolName(form),
  client: form.source,
  to: endOf(form.destination, form.destinationPort),
  direction,
});

/** The ends of a flow as its question has them. */
export function endsAsAsked(group: FlowGroup, exchange: Exchange | undefined): Towards {
  const isAnswer = exchange !== undefined && exchange.question !== group;
  return towards(exchange?.form ?? group.form, isAnswer ? "answer" : "question");
}

const endOf = (address: string, port: number | undefined): End =>
  port === undefined ? { address } : { address, port };

function ofExchange(exchange: Exchange, { cause }: ExchangeFindings): Found | null {
  const { outcome, gap, form, question, answers } = exchange;
  if (NO_TROUBLE.includes(outcome) || speaksForNoOther(gap)) return null;
  if (isOneWay(exchange, cause) || isCutOff(exchange, cause)) return null;
  if (isUntakenByAll(question, outcome) || isRouteProbe(question, cause)) return null;
  const shown = exchange.losses[0] ?? exchange.misdirected[0] ?? exchange.reset?.packet;
  const isAnswer = shown !== undefined && !question.packets.includes(shown);
  const best = exchange.losses[0] ?? exchange.misdirected[0] ?? longest(question.packets);
  const place = placeOf(best);
  const group = isAnswer && shown === best
    ? answers.find(({ packets }) => packets.includes(shown)) ?? question
    : question;
  // Each packet that died there counts, also where the exchange rests on one of them.
  const dead = exchange.losses.length === 0
    ? []
    : group.packets.filter((packet) => isLost(packet) && isAt(placeOf(packet), place));
  return {
    ...towards(form, group === question ? "question" : "answer"),
    // What its packets died of says more than that no answer came.
    outcome: outcome === "unanswered" && dead.length > 0 ? dead[0]!.outcome : outcome,
    ...(cause ? { cause } : {}),
    ...(outcome === "unknown" && gap ? { gap: gap.text } : {}),
    place,
    best,
    flow: group.id,
    exchange,
    failedAt: dead.length > 0 ? deathsOf(dead) : unansweredAt(exchange, place),
    dead,
  };
}

/** Much of what goes by UDP asks for no answer, so that none is no sign that anything is wrong. */
const isOneWay = ({ form, outcome, losses }: Exchange, cause: Cause | undefined) =>
  form.protocol === UDP && outcome === "unanswered" && cause === undefined && losses.length === 0;

/** What is sent to all who listen need not be taken by anyone, so that not to know it is no sign either. */
const isUntakenByAll = (group: FlowGroup, outcome: string) =>
  outcome === "unknown" && isToAll(group);

const isUnseenOnly = (exchange: Exchange, outcome: FlowVerdict["outcome"]) =>
  exchange.outcome === "answered" && outcome === "unknown";

/** A flow's own causes; those that its exchange has told already are not told again. */
function ofFlow(
  { group, outcome, causes, best, gap }: FlowVerdict,
  exchange: Exchange | undefined,
  told: ToldByExchange | undefined,
): Found[] {
  if (outcome === "delivered" || outcome === "in-flight" || speaksForNoOther(gap)) return [];
  if (causes.length === 0 && isUntakenByAll(group, outcome)) return [];
  if (causes.length > 0 && causes.every(({ cause }) => isRouteProbe(group, cause))) return [];
  const base = { ...endsAsAsked(group, exchange), flow: group.id };
  const own = (
    judgement: Judgement,
    rest: Pick<Found, "outcome" | "dead"> & Partial<Found>,
  ) => ({
    ...base,
    place: placeOf(judgement),
    best: judgement,
    failedAt: deathsOf(rest.dead.length > 0 ? rest.dead : [judgement]),
    ...rest,
  });
  // What an exchange came to counts for its flows, too: without a cause they add nothing, and what was
  // answered did arrive, wherever nobody watched it.
  if (exchange !== undefined && (causes.length === 0 || isUnseenOnly(exchange, outcome))) return [];
  if (causes.length === 0) {
    return [own(best, { outcome, dead: [], ...(gap ? { gap: gap.text } : {}) })];
  }
  return causes.filter((died) => !isTold(died, told)).map((died) =>
    own(worstOf(died), {
      outcome: worstOf(died).outcome === "delivered" ? outcome : worstOf(died).outcome,
      cause: died.cause,
      dead: [
        ...died.packets.filter((packet) => packet.outcome !== "delivered"),
        ...madeGood(group.packets, died),
      ],
      ...(exchange && !NO_TROUBLE.includes(exchange.outcome) ? { exchange } : {}),
    })
  );
}

/** What an exchange tells already, with the causes that it names beside the first. */
type ToldByExchange = Pick<Found, "cause" | "best"> & { behind: readonly Cause[] };

/** The exchange is called by this cause, or names it beside another for the packet that shows its trouble. */
function isTold({ cause, packets }: CauseOfPackets, told: ToldByExchange | undefined): boolean {
  if (!told) return false;
  return told.cause?.code === cause.code ||
    (packets.includes(told.best) && told.behind.some(({ code }) => code === cause.code));
}

/** What died where these did, and TCP made good: it harmed nobody, and the place still kills. */
function madeGood(packets: readonly Judgement[], died: CauseOfPackets): Judgement[] {
  const [told, worst] = [new Set(died.packets), worstOf(died)];
  const by = worst.end.step.event.function;
  return packets.filter((packet) =>
    !told.has(packet) && packet.outcome === worst.outcome && isLost(packet) &&
    isAt(placeOf(packet), placeOf(worst)) && packet.end.step.event.function === by
  );
}

const worstOf = ({ packets }: CauseOfPackets) => longest(packets);

const longest = (packets: readonly Judgement[]): Judgement =>
  packets.reduce((best, packet) => hasLongerWay(packet, best) ? packet : best);

const deathsOf = (dead: readonly Judgement[]): number[] =>
  dead.map(({ end }) => end.step.event.at).sort((a, b) => a - b);

/** An answer that comes within this time is that to the packet before it, ns. */
const ANSWER_NS = 1e9;

/**
 * When packets of the question came to the place without an answer after them. A connection is one
 * question, and its segments are none. Else the first and the last packet stand for all: shards do
 * not tell of the others (D3).
 */
function unansweredAt(exchange: Exchange, place: Place): number[] {
  const { form, question, answers, answeredBy } = exchange;
  const asked = timesAt(packetsOf(question), place);
  const [first] = asked;
  if (first === undefined) return [question.packets[0]!.end.step.event.at];
  if (form.protocol === TCP) return [first];
  const last = question.packets.reduce(
    (last, { packet }) => Math.max(last, lastAtPlace(packet, place)),
    -Infinity,
  );
  // Only echoes of which some were answered are looked at one by one.
  if (form.protocol === UDP || answeredBy === undefined) return [first, last];
  const answered = timesAt(answers.flatMap(packetsOf), place);
  let next = 0;
  const open = asked.filter((at) => {
    while (next < answered.length && answered[next]! < at) next++;
    return next === answered.length || answered[next]! >= at + ANSWER_NS;
  });
  return open.length > 0 ? open : [last];
}
