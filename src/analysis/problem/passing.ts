/** What got through where others died: the evidence that a problem is mended. Rule P3. */
import type { Form } from "../correlate/identity.ts";
import type { Packet } from "../correlate/packets.ts";
import { protocolName } from "../verdict/flows.ts";
import { type Exchange, joinedFlows } from "../exchange/exchange.ts";
import type { FlowVerdict } from "../rules/flow_causes.ts";
import { wallMs, wallMsAt } from "../view/time_of_day.ts";
import type { Sighting } from "../view/timeline.ts";
import { type Asked, packetsOf } from "./asked.ts";
import { largestAt, type Place, sightingAt } from "./place.ts";
import type { Trouble } from "./trouble.ts";
import type { Towards } from "./trouble_told.ts";
import { Undecided } from "./undecided.ts";

/** One thing of the kind that failed, and got through. */
export interface Pass {
  client: string;
  /** When it came by the place, `at` of its node; null: it was not seen there. */
  at: number | null;
  /** When it began, ms since 1970. */
  wallMs: number;
  /** It asks something by itself: an exchange, an echo, a datagram; a segment of a connection does not. */
  isQuestion: boolean;
  /** It is one of many, of which only some were told, while all that died were (O22). */
  isSample?: true;
}

/** A flow of no question that got through. */
export interface LoneFlow {
  form: Form;
  packets: readonly Packet[];
}

/** What may have got through: a question with its answers, or a flow of none. */
export type Thing = Asked | LoneFlow;

/** Exchanges and flows of one part of an incident that got through, and that nobody knows the fate of. */
export interface Passed {
  exchanges: readonly Asked[];
  undecided: readonly Asked[];
  flows: readonly LoneFlow[];
}

/** Most that fails has none, and there are as many as conversations. */
const NOTHING: Passed = { exchanges: [], undecided: [], flows: [] };

/** What got through among these. */
export function passedAmong(
  asked: ReadonlyMap<Exchange, Asked>,
  verdicts: readonly FlowVerdict[],
): Passed {
  const belonging = new Set([...asked.keys()].flatMap(joinedFlows));
  const all = [...asked.values()];
  const exchanges = all.filter(({ outcome }) => outcome === "answered" || outcome === "slow");
  const undecided = all.filter(({ isUndecided }) => isUndecided);
  const flows = verdicts.filter(({ group, outcome }) =>
    outcome === "delivered" && !belonging.has(group)
  ).map(({ group }): LoneFlow => ({ form: group.form, packets: packetsOf(group) }));
  const isNone = exchanges.length + undecided.length + flows.length === 0;
  return isNone ? NOTHING : { exchanges, undecided, flows };
}

/** Who wants to know what gets through to one end. */
export interface Listener {
  /** It came, or went, or was seen where the listener is and nobody knows its fate any more. */
  heard(thing: Thing): void;
  /** There are more or fewer that nobody knows the fate of. */
  heardOfOthers(): void;
}

/** What got through to one end. */
export interface PassedTo {
  exchanges: Set<Asked>;
  undecided: Undecided;
  flows: Set<LoneFlow>;
  listeners: Set<Listener>;
}

/** All of an incident that got through, by whom it asked. */
export class Passing {
  readonly #ends = new Map<string, PassedTo>();
  /** Ends of which other exchanges are undecided than were told of. */
  readonly #untold = new Set<PassedTo>();

  /** What got through to the end. Whoever listens to it keeps it here. */
  to(end: string): PassedTo {
    let found = this.#ends.get(end);
    if (!found) {
      found = {
        exchanges: new Set(),
        undecided: new Undecided(),
        flows: new Set(),
        listeners: new Set(),
      };
      this.#ends.set(end, found);
    }
    return found;
  }

  /** Takes what got through, or nobody knows the fate of, and gives up what is another one now. */
  change({ gone, come }: { gone: readonly Passed[]; come: readonly Passed[] }): void {
    for (const passed of gone) this.#each(passed, "delete");
    for (const passed of come) this.#each(passed, "add");
    for (const { listeners } of this.#untold) {
      for (const listener of listeners) listener.heardOfOthers();
    }
    this.#untold.clear();
  }

  /** Nobody listens to the end any more, and perhaps nothing got through to it. */
  leave(end: string, listener: Listener): void {
    this.#ends.get(end)!.listeners.delete(listener);
    this.#forget(end);
  }

  #each(passed: Passed, way: "add" | "delete"): void {
    for (const kind of ["exchanges", "flows"] as const) {
      for (const thing of passed[kind]) {
        const key = endKey(thing.form);
        const end = this.to(key);
        (end[kind] as Set<Thing>)[way](thing);
        for (const listener of end.listeners) listener.heard(thing);
        this.#forget(key);
      }
    }
    for (const asked of passed.undecided) {
      const key = endKey(asked.form);
      const end = this.to(key);
      end.undecided[way](asked);
      this.#untold.add(end);
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    const { exchanges, undecided, flows, listeners } = this.#ends.get(key)!;
    if (exchanges.size + undecided.size + flows.size + listeners.size === 0) this.#ends.delete(key);
  }
}

const endKey = (form: Form) =>
  `${protocolName(form)} ${form.destination} ${form.destinationPort ?? ""}`;

/** The end that these packets were sent to, as `Passing` knows it. */
export const endOf = ({ protocol, to }: Towards): string =>
  `${protocol} ${to.address} ${to.port ?? ""}`;

/** What packets must be like to be of the kind that failed. */
export interface Kind {
  isAnswer: boolean;
  isSlow: boolean;
  place: Place;
  /** Forms in which they failed at the place, their client's end left out. */
  forms: ReadonlySet<string>;
  /** Bytes of the smallest that died; 0 where none did. */
  leastBytes: number;
}

/** The form in which the packet that shows it best failed, its client's end left out. */
export const serverEnd = (event: Sighting, isAnswer: boolean): string =>
  isAnswer
    ? `${event.source} ${event.sourcePort}`
    : `${event.destination} ${event.destinationPort}`;

/** [P3] An exchange that got through, as one of the kind; null where it is none. */
export function passOfExchange(exchange: Asked, kind: Kind): Pass | null {
  // What was slow got through, but not where the problem is that it is slow.
  if (kind.isSlow && exchange.outcome === "slow") return null;
  const packets = kind.isAnswer ? exchange.answer : exchange.question;
  return packets ? passOfFlow(packets, exchange.form.source, kind) : null;
}

/** A flow that got through whole: one pass, which begins with its first packet. */
export function passOfFlow(packets: readonly Packet[], client: string, kind: Kind): Pass {
  // Of packets that rest chains are made when they are asked for.
  const seen = packets.map(({ chains }) => ({ chains }));
  const firsts = seen.flatMap((packet) => firstOfKind(packet, kind) ?? []);
  const bytes = seen.reduce((most, packet) => Math.max(most, largestAt(packet, kind.place)), 0);
  const began = seen.flatMap(({ chains }) => chains.map(({ events }) => wallMs(events[0]!)));
  const isOfKind = firsts.length > 0 && bytes >= kind.leastBytes;
  const at = isOfKind ? least(firsts.map((event) => event.at)) : null;
  return { client, at, wallMs: least(began), isQuestion: true };
}

const least = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.min(a, b), Infinity);

/** Packets of a flow that failed, which died of it no more. */
export function passesOfPackets(trouble: Trouble, kind: Kind): Pass[] {
  const { exchange, client, dead, arrived } = trouble;
  // Of a program that is silent over TCP only acknowledgements are there, which its kernel sends.
  const isSilent = exchange?.sinceSilent !== undefined && trouble.protocol !== "tcp";
  if (dead.length === 0 && !isSilent) return [];
  // Where the host was silent, it is its answers that show that it is so no more.
  const packets = dead.length > 0 ? arrived : exchange!.sinceSilent!;
  return packets.flatMap(({ chains }) => {
    const packet = { chains };
    const event = dead.length > 0 ? firstOfKind(packet, kind) : sightingAt(packet, kind.place);
    if (!event || largestAt(packet, kind.place) < kind.leastBytes) return [];
    const isQuestion = trouble.protocol !== "tcp";
    return [{
      ...{ client, at: event.at, wallMs: wallMsAt(event.node, event.at), isQuestion },
      ...(event.rank === undefined ? {} : { isSample: true }),
    }];
  });
}

/** Its first sighting at the place in a form that others failed in. */
const firstOfKind = (packet: Pick<Packet, "chains">, { place, forms, isAnswer }: Kind) =>
  sightingAt(
    packet,
    place,
    (event) => forms.size === 0 || forms.has(serverEnd(event, isAnswer)),
  );
