/** A running connection that one node's namespace translated to another end than before. */
import { type Form, formKey, formOf, reverse } from "../../correlate/identity.ts";
import { hasFlag, isConnectRequest, TCP_FLAGS } from "../../kernel/protocols.ts";
import type { Exchange } from "../../exchange/exchange.ts";
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

/** What both sides of a connection sent. */
interface Conversation {
  packets: readonly Judgement[];
  answers: readonly Judgement[];
}

const conversationOf = ({ question, answers }: Exchange): Conversation => ({
  packets: question.packets,
  answers: answers.flatMap(({ packets }) => packets),
});

/** The last segment of a connection that was translated, and a later one that was not. */
interface Lost {
  translated: Translated;
  bare: Judgement;
}

/** The last segment whose source was translated, and one that then left the same device untranslated; it is no SYN. */
export function translationLost(exchange: Exchange): Lost | null {
  return lost(conversationOf(exchange), "source", ({ packet, by: { node, netns, from, to } }) => {
    const isThere = ({ kind, node: at, netns: inside }: Sighting) =>
      kind === "device-tx" && at === node && inside === netns;
    const left = packet.steps.map(({ event }) => event).find((event) =>
      isThere(event) && endOf(formOf(event), "source") === endOf(to, "source")
    );
    return ({ steps }) =>
      steps.map(({ event }) => event).find((event) =>
        left !== undefined && isThere(event) && event.device === left.device &&
        event.at > left.at && endOf(formOf(event), "source") === endOf(from, "source")
      );
  });
}

/** The last segment whose destination was translated, and one that then ended where that was done; it is no SYN. */
export function translatorReached(exchange: Exchange): Lost | null {
  return lost(conversationOf(exchange), "destination", ({ by: { node, netns, from }, at }) => {
    return ({ end: { step: { event } } }) =>
      event.kind === "drop" && event.node === node && event.netns === netns && event.at > at &&
        endOf(formOf(event), "destination") === endOf(from, "destination")
        ? event
        : undefined;
  });
}

/**
 * `bareAfter`: where a later packet was seen bare, if it was. Of each namespace the last translation is asked:
 * connection tracking leaves bare what is out of the window, too, and translates what follows by the same entry.
 */
function lost(
  conversation: Conversation,
  side: Side,
  bareAfter: (last: Translated) => (packet: Judgement) => Sighting | undefined,
): Lost | null {
  const last = new Map<string, Translated>();
  for (const translated of inOrder(conversation.packets, side)) {
    const { node, netns, from } = translated.by;
    last.set(`${node.name} ${netns} ${endOf(from, side)}`, translated);
  }
  for (const translated of last.values()) {
    const bareOf = bareAfter(translated);
    const bare = conversation.packets.find((packet) =>
      !isConnectRequest(packet.steps[0]!.event) && bareOf(packet)
    );
    if (!bare || hasEnded(conversation, translated.by, bare)) continue;
    if (!comesBack(conversation, translated.by, bare)) return { translated, bare };
  }
  return null;
}

/** When the node had it first; one that it did not see, when anyone had. */
const atOf = ({ steps }: Judgement, { node }: Translation): number =>
  (steps.find(({ event }) => event.node === node) ?? steps[0]!).event.at;

/** A FIN or RST of either side came before, or the segment is itself an RST: no entry is needed any more. */
function hasEnded({ packets, answers }: Conversation, by: Translation, bare: Judgement): boolean {
  const until = atOf(bare, by);
  const begins = packets.filter(({ steps }) => isConnectRequest(steps[0]!.event));
  // What ended before the last SYN was another connection.
  const begun = begins.map((packet) => atOf(packet, by))
    .reduce((max, at) => at < until && at > max ? at : max, -Infinity);
  const ends = (packet: Judgement) => {
    const { event } = packet.steps[0]!;
    if (packet === bare) return hasFlag(event, TCP_FLAGS.rst);
    if (!hasFlag(event, TCP_FLAGS.fin | TCP_FLAGS.rst)) return false;
    const at = atOf(packet, by);
    return at > begun && at < until;
  };
  return packets.some(ends) || answers.some(ends);
}

/** What came back later was translated as before: the entry is there. */
function comesBack({ answers }: Conversation, by: Translation, bare: Judgement): boolean {
  const since = atOf(bare, by);
  const expected = formKey(reverse(by.from));
  return answers.some((packet) =>
    atOf(packet, by) > since &&
    translationsOf(packet).some(({ node, netns, to }) =>
      node === by.node && netns === by.netns && formKey(to) === expected
    )
  );
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
