/** Troubles of one fault as one problem. Rule P2. */
import { endPoint } from "../../event/end_point.ts";
import type { CauseCode } from "../../event/codes.ts";
import { lookUpRoute } from "../view/routing.ts";
import { netnsLabel } from "../view/netns_names.ts";
import { sharedTexts } from "../view/shared_texts.ts";
import { stateAt } from "../view/state_view.ts";
import type { CountedLoss } from "./counted_loss.ts";
import type { Trouble } from "./trouble.ts";

const keys = new WeakMap<Trouble, string>();
/** There are as many troubles as flows, and few problems. */
const shared = sharedTexts();

/**
 * [P2] What failed of the same cause (or with the same outcome, where none is known) at the same place,
 * the same way, towards the same end is one problem, whoever the clients are: those with the same key.
 * Found once, with the work that finds the trouble.
 */
export function keyOf(trouble: Trouble): string {
  let key = keys.get(trouble);
  if (key === undefined) keys.set(trouble, key = shared(makeKey(trouble)));
  return key;
}

function makeKey(trouble: Trouble): string {
  const { cause, gap, outcome, protocol, to, direction } = trouble;
  const why = trouble.counted
    ? `counted ${between(trouble.counted)}`
    : cause?.code ?? (gap === undefined ? outcome : `unknown ${gap}`);
  return `${why} ${direction} of ${protocol} ${endPoint(to.address, to.port)} at ${where(trouble)}`;
}

/** The two devices between which packets are missing. */
function between({ way, next }: CountedLoss): string {
  return [way.at(-1)!, next].map((event) =>
    `${event.node.name} ${netnsLabel(event.node, event.netns)} ${event.device} ${event.kind}`
  ).join(" to ");
}

/**
 * The place, as far as it belongs to the fault: an end that nobody is at is missing wherever one looks
 * for it, what a client lacks in its own namespace is one fault of all such clients of the node, and at
 * which router of a circle the TTL runs out is chance.
 */
function where(trouble: Trouble): string {
  const { place: { node, netns }, cause, best } = trouble;
  if (cause && isMissingEnd(trouble, cause.code)) return "its own network";
  if (cause?.code === "routing-loop") return "its circle";
  const first = best?.way[0];
  const isClients = trouble.direction === "question" && first?.node === node &&
    first.netns === netns && first.source === trouble.client;
  return isClients ? `a client on ${node.name}` : `${node.name} ${netnsLabel(node, netns)}`;
}

/** The next hop that did not answer is the end itself: the place has it on a link of its own. */
function isMissingEnd({ place: { node, netns }, best, to }: Trouble, code: CauseCode): boolean {
  if (code !== "neighbour-unresolved" || !best) return false;
  const { at, destination } = best.end;
  const state = stateAt(node, netns, at);
  const route = state && lookUpRoute(state, { destination: destination ?? to.address }).route;
  return route !== null && route.gateway === undefined && route.nexthops === undefined;
}

/** The longest way first, then by the flow's id: no order of arrival decides. */
export function bestFirst(a: Trouble, b: Trouble): number {
  const steps = (trouble: Trouble) => trouble.best?.way.length ?? 0;
  if (steps(a) !== steps(b)) return steps(b) - steps(a);
  if (a.flow !== b.flow) return a.flow < b.flow ? -1 : 1;
  return a.failedAt[0]! - b.failedAt[0]! || a.nth - b.nth;
}
