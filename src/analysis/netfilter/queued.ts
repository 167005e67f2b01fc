/** Who can have handed a packet to a program: what waits in its queue no script sees. */
import type { NetnsState } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import { acceptsAddress } from "../view/state_view.ts";
import { isConnectRequest, isEchoRequest, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
import { isConsistent, keyOf, type Suspect, tiersOf, travellerOf, walkOne } from "./candidates.ts";
import { type Around, riseOf } from "./counters.ts";
import { type Headers, headersOf } from "./hook_packet.ts";
import { basesAt } from "./hooked.ts";
import type { Pass } from "./pass.ts";
import { everyPass } from "./passes.ts";
import { rulesetOf } from "./ruleset.ts";
import { type Candidate, Walk } from "./walk.ts";
import { destinationOf } from "./whereabouts.ts";

/**
 * The one rule that hands the packet that came in to a program, at whatever hook: it counted packets
 * meanwhile, or it surely takes this one and counts none. Null: none does, or several, or there are too
 * many rules.
 */
export function queuedBy(subject: Case, state: NetnsState, around: Around): Suspect | null {
  const ruleset = rulesetOf(state);
  const isForHere = acceptsAddress(state, destinationOf(subject.event));
  // What came in meets no hook of what a host sends itself, nor what is for others that of its input.
  const passes = everyPass(subject, state)
    .filter(({ view: { hook } }) => hook !== "output" && (isForHere || hook !== "input"))
    .map((each) => each.view.layer === "ip" ? cameBy(subject, each) : each);
  for (const worlds of tiersOf(subject, ruleset)) {
    const walks = worlds.map((world) => walkOne(subject, ruleset, passes, world))
      .filter((walk) => walk !== null);
    const found = handedOn(walks, around);
    if (found === null || found.length > 0) return found?.length === 1 ? found[0]! : null;
  }
  return null;
}

/**
 * The one rule that hands to a program what the host's kernel answers to the packet: a connection
 * accepted, an echo. Those of programs are not asked about: a program may have said nothing.
 */
export function answerQueuedBy(subject: Case, state: NetnsState, around: Around): Suspect | null {
  const ruleset = rulesetOf(state);
  const headers = answerTo(subject.event);
  if (headers === null) return null;
  const traveller = {
    ...travellerOf(subject, ruleset, { ctState: "established", mark: { value: 0, known: 0 } }),
    headers,
  };
  const walk = new Walk(ruleset, traveller, "established");
  for (const hook of ["output", "postrouting"]) {
    const devices = { input: null, output: undefined, portInput: null, portOutput: null };
    const view = { headers, layer: "ip" as const, hook, ...devices };
    const pass = { view, survived: false, guessed: true };
    walk.hook(pass, basesAt(pass, ruleset.bases, headers.network));
  }
  const found = handedOn([walk], around);
  return found?.length === 1 ? found[0]! : null;
}

/** What a kernel answers by itself, as its hooks see it; null: it answers such a packet by nothing. */
function answerTo(event: Case["event"]): Headers | null {
  const { source, destination, sourcePort, destinationPort } = event;
  if (event.tunnelKind !== undefined) return null;
  const turned = {
    ...{ source: destination, destination: source },
    ...{ sourcePort: destinationPort, destinationPort: sourcePort },
  };
  const { ttl: _, ipId: _id, ipLength: _size, length: _length, ...asked } = headersOf(event);
  if (event.protocol === TCP && isConnectRequest(event)) {
    return { ...asked, ...turned, tcpFlags: TCP_FLAGS.syn | TCP_FLAGS.ack };
  }
  if (!isEchoRequest(event)) return null;
  return { ...asked, ...turned, icmpType: event.network === "ip6" ? 129 : 0 };
}

/** The rules that hand the packet of these walks to a program; null: there are too many rules. */
function handedOn(walks: readonly Walk[], around: Around): Suspect[] | null {
  const found = new Map<string, Suspect>();
  for (const walk of walks) {
    if (walk.cut) return null;
    for (const each of walk.candidates) {
      if (each.rule === null || each.verdict.do !== "queue") continue;
      if (each.match !== "yes" && !takenBy(each, around)) continue;
      if (!isConsistent(each, around)) continue;
      found.set(keyOf(each), { ...each, ctStates: [], worlds: [], met: walk.candidates });
    }
  }
  return [...found.values()];
}

/** A port of a bridge is not what the hooks of IP are told of. */
function cameBy({ event, link }: Case, each: Pass): Pass {
  const { hook } = each.view;
  if (link === undefined || link.masterIfindex !== undefined || hook === "postrouting") return each;
  return { ...each, view: { ...each.view, input: event.device } };
}

/** How many packets the rule took meanwhile; null: it counts none, or that can't be told. */
export function takenBy({ rule }: Candidate, around: Around): number | null {
  const rise = rule && riseOf(rule, around);
  return rise && rise.after - rise.before;
}
