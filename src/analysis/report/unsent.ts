/**
 * Packets that were never made: the routing lookup for a packet of the node's own failed, and its
 * program was told so. Rule G6. No device sees such a packet, so that only the lookup tells of it.
 */
import { lookupPurpose } from "../../event/lookup.ts";
import type { EndPoints, Flow } from "../../event/report.ts";
import type { NetnsState, RoutingRule } from "../../event/state.ts";
import { flowId, protocolName } from "../verdict/flows.ts";
import { type Form, formOf } from "../correlate/identity.ts";
import { mayEndAtRefusal, tableLookupOf } from "../kernel/routing.ts";
import {
  askedVrf,
  lookUpRoute,
  possibleAnswers,
  refusalIn,
  refuses,
  type RouteQuery,
  routeText,
} from "../view/routing.ts";
import { failedLookup } from "../rules/no-route/failed_lookup.ts";
import { advertisementIgnored } from "../rules/router-advertisement-ignored/advertisement_ignored.ts";
import { ignoredAdvertisement } from "../rules/router-advertisement-ignored/ignored.ts";
import { routeRemedy } from "../rules/shared/route_remedy.ts";
import { stateEvidence } from "../rules/evidence.ts";
import { holderAt, isOwn, netnsLabel, netnsName } from "../view/netns_names.ts";
import { expiredText, listedText, withoutExpired } from "../view/expired_routes.ts";
import { isIncomplete, stateAfter, stateAt } from "../view/state_view.ts";
import { tookAnother } from "./address_selection.ts";
import { answeredTo, asksFor, endsOf } from "./asker.ts";
import { isSend, isUnspecified } from "./own_lookup.ts";
import type { NeverMade } from "../problem/never_made.ts";
import type { Trouble } from "../problem/trouble.ts";
import { timeOfDay } from "../view/time_of_day.ts";
import type { Sighting } from "../view/timeline.ts";
import { type Asides, lookupsWithoutPacket } from "../view/evidence.ts";

/** What a program tried to send, once or several times. */
interface Attempt {
  form: Form;
  lookups: Sighting[];
  /** The flow that it would have answered. */
  request: Flow | undefined;
}

/** A flow that may have been answered, and the end points by which it was found. */
interface Request {
  flow: Flow;
  ends: EndPoints;
}

/** A flow of which no packet was made, and the lookups that failed instead: at least one. */
export interface Unsent {
  flow: Flow;
  lookups: Sighting[];
  /** The flow that it would have answered. */
  request?: Flow;
}

/** Flows of which packets were made. */
export interface MadeFlows {
  /**
   * Those that were sent by this end, or were translated to come from it, as `askersOf` spells it; or answers
   * that arrived, as `answerKeys` spells what they are looked for by.
   */
  foundBy(key: string): Iterable<Flow>;
  has(id: string): boolean;
}

/**
 * Failed lookups of programs' packets, as flows; only those that no routing table has a route for.
 */
export function unsentFlows(evidence: Asides, made: MadeFlows): Unsent[] {
  const attempts = new Map<string, Attempt>();
  const lookups = lookupsWithoutPacket(evidence).filter(isSend);
  for (const event of lookups) {
    const asked = formOfLookup(event);
    const request = [...made.foundBy(answeredTo(asked))]
      .flatMap((flow) =>
        endsOf(flow).filter((ends) => asksFor(flow, ends, asked)).map((ends) => ({ flow, ends }))
      )
      .reduce<Request | undefined>((a, b) => a && a.flow.id <= b.flow.id ? a : b, undefined);
    // A socket that is bound to no address answers from the address that the request came to.
    const form = request ? { ...asked, source: request.ends.destination } : asked;
    const key = `${event.node.name} ${event.netns} ${form.protocol} ${form.destination} ${
      form.destinationPort ?? ""
    }`;
    const attempt = attempts.get(key);
    if (attempt) {
      attempt.lookups.push(event);
      // A program that tries again has another port each time: then the flow is that of all of them.
      if (form.sourcePort !== attempt.form.sourcePort) {
        attempt.form = { ...attempt.form, sourcePort: undefined };
      }
    } else attempts.set(key, { form, lookups: [event], request: request?.flow });
  }
  const unsent: Unsent[] = [];
  for (const attempt of attempts.values()) {
    const isBound = !isUnspecified(attempt.form.source);
    if (tookAnother(attempt.lookups, isBound, (key) => made.foundBy(key))) continue;
    const failed = sinceWithoutWay(attempt, evidence);
    if (!failed || made.has(failed.flow.id)) continue;
    const { request } = attempt;
    unsent.push({ ...failed, ...(request ? { request } : {}) });
  }
  return unsent;
}

const formOfLookup = (lookup: Sighting): Form => formOf(lookupPurpose(lookup));

/** One attempt makes several lookups within this time: of one table after the other, and again. */
const ATTEMPT_NS = 5e6;

function attemptsOf(lookups: readonly Sighting[]): number {
  let times = 0;
  let last = -Infinity;
  for (const { at } of lookups) {
    if (at - last > ATTEMPT_NS) times++;
    last = at;
  }
  return times;
}

/**
 * The flow of those lookups that failed since the tables had no way. Before, one table has no answer and another one
 * does, as where a rule leads to a table of its own. The tables are read only now and then: a lookup that failed in
 * the very table which had the way when they were read before, and no way when they were read after, found it gone.
 */
function sinceWithoutWay(
  attempt: Attempt,
  evidence: Asides,
): { flow: Flow; lookups: Sighting[] } | null {
  const { lookups } = attempt;
  /** Readings that had a way, by the table that had it. */
  const hadWay = new Map<NetnsState, number | undefined>();
  const flowWithoutWay = (read: NetnsState | null, nth: number): Flow | null => {
    if (!read || hadWay.has(read)) return null;
    const since = { ...attempt, lookups: lookups.slice(nth) };
    const flow = flowOf(since, read, evidence);
    if (!flow) hadWay.set(read, lookUpRoute(read, queryOf(since, read)).route?.table);
    return flow;
  };
  for (const [nth, { node, netns, at, routeTable }] of lookups.entries()) {
    const before = stateAt(node, netns, at);
    const flow = flowWithoutWay(before, nth) ??
      (before && routeTable !== undefined && hadWay.get(before) === routeTable
        ? flowWithoutWay(stateAfter(node, netns, at), nth)
        : null);
    if (flow) return { flow, lookups: lookups.slice(nth) };
  }
  return null;
}

function flowOf(
  { form, lookups, request }: Attempt,
  read: NetnsState,
  evidence: Asides,
): Flow | null {
  const event = lookups[0]!;
  if (isIncomplete(read, ["routes", "rules"])) return null;
  const { state, expired } = withoutExpired(
    read,
    form.destination,
    event.timeNs,
    lookups.map(({ routeTable }) => routeTable),
  );
  const query = queryOf({ form, lookups }, state);
  const refused = refusalIn(state, query, lookups.filter(mayEndAtRefusal));
  const answer = refused ?? lookUpRoute(state, query);
  const { route, rule, certain } = answer;
  // The tables have a route: the lookup failed in one of them, and another one answered.
  if (route !== null && !refuses(route)) return null;
  if (!refused && mayHaveWay(state, query, lookups)) return null;
  const where = `${netnsName(event.node, event.netns)} on ${event.node.name}`;
  const refusal = route ? routeText(route) : rule && `rule ${rule.priority} ${rule.action}`;
  const hop = {
    node: event.node.name,
    netns: netnsLabel(event.node, event.netns, event.at),
    ...holderAt(event.node, event.netns, event.at),
    ...(isOwn(event.node, event.netns) ? { own: true } : {}),
    device: "",
    ifindex: 0,
    deviceKind: "unknown",
    stage: "drop" as const,
    timeNs: String(event.timeNs),
    at: timeOfDay(event),
    function: tableLookupOf(form.network),
  };
  const times = attemptsOf(lookups);
  const failed = {
    node: event.node.name,
    kind: "event" as const,
    text: `${
      times === 1 ? "1 attempt" : `${times} attempts`
    }: the routing lookup for ${form.destination} failed with error ${event.routeError}`,
  };
  const { destination } = form;
  const { node, netns } = event;
  const ignored = refusal
    ? null
    : ignoredAdvertisement({ node, netns, state, destination, evidence });
  const remedy = routeRemedy({ node, netns, state, query, answer, expired });
  return {
    id: flowId(form),
    protocol: protocolName(form),
    source: form.source,
    destination: form.destination,
    ...(form.sourcePort === undefined ? {} : { sourcePort: form.sourcePort }),
    ...(form.destinationPort === undefined ? {} : { destinationPort: form.destinationPort }),
    ...(request ? { replyOf: request.id } : {}),
    packets: { seen: times, delivered: 0, dropped: times, vanished: 0, unknown: 0, inFlight: 0 },
    outcome: "dropped",
    lastHop: hop,
    path: [hop],
    firstAt: timeOfDay(event),
    lastAt: timeOfDay(lookups.at(-1)!),
    cause: ignored
      ? { rule: advertisementIgnored.id, ...ignored, evidence: [failed, ...ignored.evidence] }
      : {
        rule: failedLookup.id,
        code: refusal ? "route-blackhole" : "no-route",
        confidence: certain && expired.length === 0 ? "proven" : "likely",
        sentence: refusal
          ? `the route for ${form.destination} in ${where} refuses packets (${refusal}), so none was sent`
          : `${where} has no route to ${form.destination}${
            expiredText(expired)
          }, so no packet was sent`,
        evidence: [
          failed,
          ...expired.map((route) => stateEvidence(event.node, listedText(route, event.timeNs))),
          stateEvidence(
            event.node,
            refusal ??
              `no ${
                expired.length > 0 ? "other " : ""
              }route in ${where} matches ${form.destination}`,
          ),
        ],
        ...(remedy.length > 0 ? { remedy } : {}),
      },
  };
}

const queryOf = ({ form, lookups }: Omit<Attempt, "request">, state: NetnsState): RouteQuery => ({
  destination: form.destination,
  ...(isUnspecified(form.source) ? {} : { source: form.source }),
  ...askedVrf(state, lookups),
});

/**
 * A rule that asks for what no lookup tells (a mark) leads to a table with a way, and nothing shows that it was
 * passed over: no table failed that is asked behind it alone. So `wg-quick` has it, which asks the main table
 * before its own one and after it.
 */
function mayHaveWay(state: NetnsState, query: RouteQuery, lookups: readonly Sighting[]): boolean {
  const failed = new Set(lookups.map(({ routeTable }) => routeTable));
  const family = query.destination.includes(":") ? 6 : 4;
  const isAskedBehind = (table: number | undefined, rule: RoutingRule) =>
    state.rules.every((other) =>
      other.family !== family || other.table !== table || other.priority > rule.priority
    );
  return [...possibleAnswers(state, query)].some(({ route, rule }) =>
    route !== null && !refuses(route) && rule !== null &&
    ![...failed].some((table) => isAskedBehind(table, rule))
  );
}

/** What went wrong, at the place where the lookups failed. */
export function neverMade({ flow, lookups, request }: Unsent, nth: number): NeverMade {
  const { node, netns } = lookups[0]!;
  // Who asked whom, as it was asked.
  const { source: client, destination: server, destinationPort: port } = request ?? flow;
  const trouble: Trouble = {
    protocol: flow.protocol,
    client,
    to: port === undefined ? { address: server } : { address: server, port },
    direction: flow.replyOf === undefined ? "question" : "answer",
    outcome: flow.outcome,
    ...(flow.cause ? { cause: flow.cause } : {}),
    place: { node, netns },
    flow: flow.id,
    packets: flow.packets,
    nth,
    failedAt: lookups.map(({ at }) => at),
    dead: [],
    arrived: [],
  };
  return { trouble, ...(flow.replyOf === undefined ? {} : { answers: flow.replyOf }) };
}
