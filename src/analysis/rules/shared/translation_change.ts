/** A running connection that one node's namespace translated to another end than before. */
import { type Form, formOf } from "../../correlate/identity.ts";
import { isConnectRequest } from "../../kernel/protocols.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import type { Sighting } from "../../view/timeline.ts";
import { type Translation, translationsOf } from "./translated_at.ts";

/** The end of a packet that NAT changes. */
export type Side = "source" | "destination";

/** One segment of the client, and one translation of it. */
export interface Translated {
  packet: Judgement;
  by: Translation;
  /** When that node had it first, an `at`, ns. */
  at: number;
}

/** The last segment that was translated as before, and the first one that was not; it is no SYN. */
export function translationChange(
  packets: readonly Judgement[],
  side: Side,
): [Translated, Translated] | null {
  const before = new Map<string, Translated>();
  for (const translated of inOrder(packets, side)) {
    const { packet, by: { node, netns, from, to } } = translated;
    const key = `${node.name} ${netns} ${endOf(from, side)}`;
    const known = before.get(key);
    const isSame = known !== undefined && endOf(known.by.to, side) === endOf(to, side);
    if (known && !isSame && !isConnectRequest(packet.steps[0]!.event)) return [known, translated];
    before.set(key, translated);
  }
  return null;
}

/** A segment whose source was translated, and a later one that left the same device untranslated; it is no SYN. */
export function translationLost(
  packets: readonly Judgement[],
): { translated: Translated; bare: Judgement } | null {
  for (const translated of inOrder(packets, "source")) {
    const { packet, by: { node, netns, from, to } } = translated;
    const isThere = ({ kind, node: at, netns: inside }: Sighting) =>
      kind === "device-tx" && at === node && inside === netns;
    const left = packet.steps.map(({ event }) => event).find((event) =>
      isThere(event) && endOf(formOf(event), "source") === endOf(to, "source")
    );
    const bare = left && packets.find(({ steps }) =>
      !isConnectRequest(steps[0]!.event) &&
      steps.some(({ event }) =>
        isThere(event) && event.device === left.device && event.at > left.at &&
        endOf(formOf(event), "source") === endOf(from, "source")
      )
    );
    if (bare) return { translated, bare };
  }
  return null;
}

/** A segment whose destination was translated, and a later one that ended where that was done; it is no SYN. */
export function translatorReached(
  packets: readonly Judgement[],
): { translated: Translated; bare: Judgement } | null {
  for (const translated of inOrder(packets, "destination")) {
    const { by: { node, netns, from }, at } = translated;
    const bare = packets.find(({ steps, end: { step: { event } } }) =>
      event.kind === "drop" && event.node === node && event.netns === netns && event.at > at &&
      endOf(formOf(event), "destination") === endOf(from, "destination") &&
      !isConnectRequest(steps[0]!.event)
    );
    if (bare) return { translated, bare };
  }
  return null;
}

const endOf = (form: Form, side: Side): string =>
  side === "source"
    ? `${form.source} ${form.sourcePort}`
    : `${form.destination} ${form.destinationPort}`;

/** Translations of that end, in the order in which each node made them: clocks are compared on it. */
function inOrder(packets: readonly Judgement[], side: Side): Translated[] {
  const found = packets.flatMap((packet) =>
    translationsOf(packet)
      .filter(({ from, to }) => endOf(from, side) !== endOf(to, side))
      .map((by): Translated => ({
        packet,
        by,
        at: packet.steps.find(({ event }) => event.node === by.node)!.event.at,
      }))
  );
  const name = ({ by }: Translated) => by.node.name;
  return found.sort((a, b) => name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : a.at - b.at);
}
