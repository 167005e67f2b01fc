/** Words and numbers as the terminal writes them. */
import type { Outcome } from "../../event/codes.ts";
import type { Flow, Hop, PacketCounts } from "../../event/report.ts";
import { countedAfter, countedFirst } from "../../words/counted.ts";
import { COUNT_WORDS, OUTCOME_WORDS } from "../../words/outcome.ts";
import { netnsName, placeName, roomWords } from "../../words/place.ts";
import { counting } from "../../words/writing.ts";
import type { Look, Style } from "./look.ts";

const OUTCOME_LOOK: Record<Outcome, { glyph: "lost" | "open" | "pending" | "delivered" }> = {
  dropped: { glyph: "lost" },
  vanished: { glyph: "lost" },
  unanswered: { glyph: "open" },
  unknown: { glyph: "open" },
  "in-flight": { glyph: "pending" },
  delivered: { glyph: "delivered" },
};

const STYLE = { lost: "red", open: "yellow", pending: "cyan", delivered: "green" } as const;

/** The character that stands for an outcome. */
export const markOf = (outcome: Outcome, { glyph }: Look): string =>
  glyph[OUTCOME_LOOK[outcome].glyph];

/** The colour of an outcome. */
export const styleOf = (outcome: Outcome): typeof STYLE[keyof typeof STYLE] =>
  STYLE[OUTCOME_LOOK[outcome].glyph];

/** The colour of an outcome where it is the heading. */
export const boldStyleOf = (outcome: Outcome): Style => {
  const style = styleOf(outcome);
  return style === "cyan" ? style : `bold ${style}`;
};

/** Counts as `1,204`. */
export const COUNTING = counting(",");
export const { grouped, plural } = COUNTING;

/** `all 5 packets`, or `5 packets: 3 delivered, 2 dropped`; with what of it was counted, where it was. */
export const countsText = (
  flow: Pick<Flow, "packets" | "outcome" | "counted"> & Partial<Pick<Flow, "lastAt">>,
): string =>
  countedFirst(flow, COUNTING) + toldText(flow.packets, flow.outcome) +
  countedAfter(flow, COUNTING);

function toldText(packets: PacketCounts, outcome: Outcome): string {
  const total = plural(packets.seen, "packet");
  const key = outcome === "in-flight" ? "inFlight" : outcome;
  if (key !== "unanswered" && packets[key] === packets.seen) {
    return packets.seen > 1 ? `all ${total}` : total;
  }
  const words = ["delivered", "dropped", "vanished", "unknown", "inFlight"] as const;
  const parts = words.filter((word) => packets[word] > 0)
    .map((word) => `${grouped(packets[word])} ${COUNT_WORDS[word]}`);
  return parts.length === 0 ? total : `${total}: ${parts.join(", ")}`;
}

/** Characters of each part of a place's name. */
const PLACE = { deviceMax: 32, netnsMax: 40, nodeMax: 40 };

/** Name of a network namespace in the terminal's characters. */
export const netnsText = (netns: string, look: Look): string =>
  look.text(netnsName(netns), PLACE.netnsMax);

/** What the namespace of a hop is called, in the terminal's characters. */
export const roomText = (hop: Hop, look: Look): string => look.text(roomWords(hop), 64);

/** `eth0 in pod on worker`. */
export const placeText = (hop: Hop, look: Look): string => placeName(hop, look, PLACE);

/** Word for an outcome: `in flight`. */
export const outcomeWord = (outcome: Outcome): string => OUTCOME_WORDS[outcome] ?? outcome;
