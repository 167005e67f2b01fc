/** Sightings of no packet that is followed, found by what they tell: ICMP errors, questions, lookups. */
import { ICMP, ICMP6 } from "../kernel/protocols.ts";
import { answeredAddress, askedAddress, isRouterAdvertisement } from "../kernel/neighbours.ts";
import { ask, read, Source } from "./asked.ts";
import { type Find, finding, inOrder } from "./finding.ts";
import { firstAfter, firstFrom, grown, shrunk } from "./indexed.ts";
import type { NodeView, Sighting } from "./timeline.ts";

/** All such sightings of an incident. */
export class Asides {
  readonly source = new Source();
  readonly #events: Sighting[] = [];
  readonly #counts = new Map<NodeView, number>();

  /** How many there are. */
  get size(): number {
    return this.#events.length;
  }

  /** How many of them one node saw. */
  sizeOn(node: NodeView): number {
    return this.#counts.get(node) ?? 0;
  }

  /** All of them, in no order. */
  get all(): readonly Sighting[] {
    read(this.source);
    return this.#events;
  }

  /** Takes sightings that were not there before. */
  add(events: readonly Sighting[]): void {
    for (const event of events) this.#push(event);
    // Also of none: flows that ask about them come and go where there never was one.
    grown(this.#events, events);
    if (events.length === 0) return;
    this.source.changed();
  }

  #push(event: Sighting): void {
    this.#events.push(event);
    this.#counts.set(event.node, this.sizeOn(event.node) + 1);
  }

  /** Gives up sightings. */
  remove(events: ReadonlySet<Sighting>): void {
    if (events.size === 0) return;
    const left = this.#events.filter((event) => !events.has(event));
    this.#events.length = 0;
    this.#counts.clear();
    for (const event of left) this.#push(event);
    shrunk(this.#events, events);
    this.source.shrunk();
  }

  /** Those with this key, in the order of node and time. */
  with(find: Find, key: string): readonly Sighting[] {
    read(find.sourceOf(this.#events, key));
    return find.of(this.#events, key);
  }

  /**
   * What is concluded from those with one of these keys: who asks so is not told of sightings that make no
   * difference to it. `what` tells all that it depends on besides.
   */
  conclude<T>(
    find: Find,
    keys: readonly string[],
    what: string,
    conclude: (seen: readonly Sighting[]) => T,
    isSame?: (a: T, b: T) => boolean,
  ): T {
    const sources = keys.map((key) => find.sourceOf(this.#events, key));
    const seen = () => keys.flatMap((key) => find.of(this.#events, key));
    const [, ...others] = keys;
    return ask(sources, [what, ...others].join(), () => conclude(seen()), isSame);
  }
}

const byQuoted = finding(({ quotedSource, quotedDestination }) =>
  quotedDestination === undefined ? undefined : `${quotedSource} ${quotedDestination}`
);

/** ICMP errors that quote a packet from this source to this destination. */
export const quoting = (
  evidence: Asides,
  source?: string,
  destination?: string,
): readonly Sighting[] => evidence.with(byQuoted, `${source} ${destination}`);

/** A packet as errors may quote it. What one does not quote does not speak against it. */
export interface Quotable {
  source: string;
  destination: string;
  /** IP protocol number. */
  protocol: number;
  /** Or the id of an echo. */
  sourcePort?: number | undefined;
  destinationPort?: number | undefined;
}

/**
 * A key of all that tells a form. Errors that do not quote all of it have one of the ends alone: they are
 * few. So a form is asked for by two keys, and not by one for each part that may be missing.
 */
const byQuotedForm = finding((event) => {
  const { quotedSource: source, quotedDestination: destination, quotedProtocol: protocol } = event;
  if (source === undefined || destination === undefined) return undefined;
  const { quotedSourcePort: sourcePort, quotedDestinationPort: destinationPort } = event;
  return wholeKey({ source, destination, protocol, sourcePort, destinationPort }) ??
    keyOf(source, destination);
});

function wholeKey(
  { source, destination, protocol, sourcePort, destinationPort }:
    & Omit<Quotable, "protocol">
    & Partial<Pick<Quotable, "protocol">>,
): string | null {
  if (protocol === undefined || sourcePort === undefined) return null;
  // The id of an echo stands in the place of a source port, and there is no other.
  if (protocol === ICMP || protocol === ICMP6) {
    return keyOf(source, destination, protocol, sourcePort);
  }
  if (destinationPort === undefined) return null;
  return keyOf(source, destination, protocol, sourcePort, destinationPort);
}

/** Joined, because it is kept: what is put together by signs is kept as a tree of its parts. */
const keyOf = (...parts: readonly (string | number)[]): string => parts.join(" ");

/** ICMP errors about packets in one of these forms, in the order of node and time. */
export function errorsAbout(evidence: Asides, forms: readonly Quotable[]): readonly Sighting[] {
  const found = new Set<Sighting>();
  for (const form of forms) {
    const whole = wholeKey(form);
    for (const key of [keyOf(form.source, form.destination), ...(whole ? [whole] : [])]) {
      for (const event of evidence.with(byQuotedForm, key)) {
        if (isQuotedBy(form, event)) found.add(event);
      }
    }
  }
  return [...found].sort(inOrder);
}

/** Nothing that the error quotes is another than the form has. */
const isQuotedBy = ({ protocol, sourcePort, destinationPort }: Quotable, error: Sighting) =>
  (error.quotedProtocol ?? protocol) === protocol &&
  (error.quotedSourcePort ?? sourcePort) === sourcePort &&
  (error.quotedDestinationPort ?? destinationPort) === destinationPort;

const byQuoter = finding(({ kind, node, netns, quotedSource, quotedDestination }) =>
  kind === "device-tx" && quotedDestination !== undefined
    ? `${node.name} ${netns} ${quotedSource} ${quotedDestination}`
    : undefined
);

/** Whether one of the errors fits that a namespace sent about a packet between two ends. */
export const hasQuoted = (
  evidence: Asides,
  { node, netns }: Pick<Sighting, "node" | "netns">,
  [source, destination]: readonly [string | undefined, string | undefined],
  { from, to }: { from: number; to: number },
  what: string,
  fits: (error: Sighting) => boolean,
): boolean =>
  evidence.conclude(
    byQuoter,
    [`${node.name} ${netns} ${source} ${destination}`],
    `quoted ${from} ${to} ${what}`,
    (errors) => errors.slice(firstFrom(errors, from), firstAfter(errors, to)).some(fits),
  );

const byQuotedDestination = finding(({ quotedDestination }) => quotedDestination);

/** ICMP errors that quote a packet to this destination. */
export const quotingDestination = (
  evidence: Asides,
  destination: string | undefined,
): readonly Sighting[] =>
  destination === undefined ? [] : evidence.with(byQuotedDestination, destination);

const byAsked = finding(askedAddress);

/** ARP requests and neighbour solicitations that ask for the address. */
export const questionsFor = (evidence: Asides, address: string): readonly Sighting[] =>
  evidence.with(byAsked, address);

/** Longer than a host asks for an address before it gives up, ns. */
export const ASKING_NS = 4e9;

const byAsker = finding((event) => {
  const address = event.kind === "device-tx" ? askedAddress(event) : undefined;
  return address && `${address} ${event.node.name} ${event.netns}`;
});

/** How often, as sentences have it. */
export const timesText = (times: number): string => times === 1 ? "once" : `${times} times`;

/** How many questions for the address a namespace sent by its devices when this was seen there. */
export const timesAsked = (
  evidence: Asides,
  address: string,
  { node, netns, at }: Pick<Sighting, "node" | "netns" | "at">,
  mac?: string,
): number =>
  evidence.conclude(
    byAsker,
    [`${address} ${node.name} ${netns}`],
    `asked ${at} ${mac}`,
    (asked) => {
      const then = asked.slice(firstFrom(asked, at - ASKING_NS), firstAfter(asked, at + ASKING_NS));
      return then.filter(({ sourceMac }) => mac === undefined || sourceMac === mac).length;
    },
  );

/** Whether a question for the address came into a namespace, by this device and from this MAC if given. */
export const wasAsked = (
  evidence: Asides,
  address: string,
  { node, netns, device, mac }: {
    node: NodeView;
    netns: number | undefined;
    device?: string;
    mac?: string;
  },
): boolean =>
  evidence.conclude(
    byAsked,
    [address],
    `came ${node.name} ${netns} ${device} ${mac}`,
    (asked) =>
      asked.some((other) =>
        other.kind === "device-rx" && other.node === node && other.netns === netns &&
        (device === undefined || other.device === device) &&
        (mac === undefined || other.sourceMac === mac)
      ),
  );

const byAnswered = finding(answeredAddress);

/** ARP replies and neighbour advertisements that tell the link address of the address. */
export const answersFor = (evidence: Asides, address: string): readonly Sighting[] =>
  evidence.with(byAnswered, address);

const byNeighbour = finding(({ kind, gateway }) => kind === "neighbour" ? gateway : undefined);

/** Changes of the neighbour entry of the address. */
export const neighbourChanges = (evidence: Asides, address: string): readonly Sighting[] =>
  evidence.with(byNeighbour, address);

const byLookedUp = finding(({ kind, destination }) => kind === "route" ? destination : undefined);

/** Lookups of a route to the destination. */
export const lookupsOf = (
  evidence: Asides,
  destination: string | undefined,
): readonly Sighting[] => destination === undefined ? [] : evidence.with(byLookedUp, destination);

const byProcessor = finding(({ kind, node, cpu, routeError }) =>
  kind === "route" && (routeError ?? 0) > 0 ? `${node.name} ${cpu}` : undefined
);

/** Lookups of a route that failed on the processor of a sighting, from `from` (an `at`) to then. */
export const failedLookupsOn = (
  evidence: Asides,
  { node, cpu, at }: Pick<Sighting, "node" | "cpu" | "at">,
  from: number,
): readonly Sighting[] =>
  evidence.conclude(
    byProcessor,
    [`${node.name} ${cpu}`],
    `failed ${from} ${at}`,
    (failed) => failed.slice(firstFrom(failed, from), firstAfter(failed, at)),
    (a, b) => a.length === b.length && a.every((one, i) => one === b[i]),
  );

const ownLookups = finding(({ kind, skb, ifindex }) =>
  kind === "route" && skb === undefined && ifindex === undefined ? "" : undefined
);

/** Lookups of a route for what no packet was made of yet. */
export const lookupsWithoutPacket = (evidence: Asides): readonly Sighting[] =>
  evidence.with(ownLookups, "");

const advertisements = finding((event) =>
  isRouterAdvertisement(event) ? event.node.name : undefined
);

/** Router advertisements that were seen on the node. */
export const advertisementsOn = (evidence: Asides, node: string): readonly Sighting[] =>
  evidence.with(advertisements, node);
