/** What was counted of flows, beside the packets that were told one by one: one line each. Rule O24. */
import type { Flow } from "../event/report.ts";
import { flowName } from "./ends.ts";
import type { Counting, Writing } from "./writing.ts";

/** Characters of a sentence that are shown. */
const SENTENCE_MAX = 1_000;

const TOLD = "told one by one: ";

/** Flows of which something was lost by what was counted, most first. */
const withLoss = (flows: readonly Flow[]): Flow[] =>
  flows.filter(({ counted }) => (counted?.lost ?? 0) > 0)
    .sort((a, b) => b.counted!.lost! - a.counted!.lost!);

/**
 * `4,900 packets counted, 3 lost between devices; told one by one: `, before figures of what was told; ""
 * where that is all, and where the figures themselves are counted. What was counted comes first, because
 * it is of all packets; up to when, where the flow went on: what came after may have been under way.
 */
export function countedFirst(
  { counted, packets: { basis }, lastAt }: Figures & Partial<Pick<Flow, "lastAt">>,
  { grouped, plural }: Counting,
): string {
  const { packets, lost = 0, lostAtMost, atLeast, until } = counted ?? {};
  if (basis === "counted") return "";
  if (packets === undefined) return basis === "traced" ? TOLD : "";
  const isLeast = atLeast || lostAtMost !== undefined;
  const gone = lost > 0
    ? `${isLeast ? "at least " : ""}${grouped(lost)}`
    : lostAtMost === undefined
    ? atLeast ? "none known to be" : "none"
    : `no more than ${grouped(lostAtMost)}`;
  // One that is dropped behind the last device that counts is not lost between two.
  const upTo = until !== undefined && isLater(lastAt, until) ? ` up to ${until.slice(11, 19)}` : "";
  return `${plural(packets, "packet")} counted${upTo}, ${gone} lost between devices; ${TOLD}`;
}

/** A flow went on for so long after what is known of its counts, ms, that its end is not among them. */
const REST_MS = 1_000;

const isLater = (lastAt: string | undefined, until: string): boolean =>
  lastAt !== undefined && Date.parse(lastAt) - Date.parse(until) > REST_MS;

/** ` (counted; 120 told one by one)`, after figures that are counted; "" where they are not. */
export function countedAfter(
  { counted, packets: { basis } }: Figures,
  { grouped }: Pick<Counting, "grouped">,
): string {
  if (basis !== "counted") return "";
  const { seen } = counted?.traced ?? {};
  return seen === undefined ? " (counted)" : ` (counted; ${grouped(seen)} told one by one)`;
}

/** What became of packets of a flow, and what was counted of it. */
type Figures = Pick<Flow, "counted"> & { packets: Pick<Flow["packets"], "basis"> };

/** The sentence of one flow. */
export const countedSentence = (
  { counted }: Pick<Flow, "counted">,
  { text }: Pick<Writing, "text">,
): string => counted === undefined ? "" : text(counted.sentence, SENTENCE_MAX);

/**
 * Lines about all flows that were counted: those that lost something each in one of at most `linesMax`,
 * the others together. Empty where nothing was counted.
 */
export function countedLines(
  flows: readonly Flow[],
  writing: Writing,
  { plural }: Pick<Counting, "plural">,
  linesMax: number,
): string[] {
  const counted = flows.filter((flow) => flow.counted !== undefined);
  const losing = withLoss(counted);
  const none = counted.filter((flow) => flow.counted?.lost === 0);
  const bounded = none.filter(({ counted }) => counted?.lostAtMost !== undefined);
  const known = none.filter(({ counted }) => counted?.lostAtMost === undefined);
  // Of what is the least that was lost only a part may be known.
  const whole = known.filter(({ counted }) => !counted?.atLeast);
  const part = known.filter(({ counted }) => counted?.atLeast);
  const unknown = counted.filter((flow) => flow.counted?.gap !== undefined);
  const alone = (some: readonly Flow[]) => counted.length === 1 && some.length === 1;
  return [
    ...losing.slice(0, linesMax).map((flow) =>
      `${flowName(flow, writing)}: ${countedSentence(flow, writing)}`
    ),
    ...losing.length > linesMax
      ? [`${plural(losing.length - linesMax, "more flow")} lost packets, by what was counted.`]
      : [],
    ...[whole, part, bounded, unknown].some(alone)
      ? [`${flowName(counted[0]!, writing)}: ${countedSentence(counted[0]!, writing)}`]
      : [
        ...whole.length > 0
          ? [
            `Counted whole: ${plural(sumOf(whole, "packets"), "packet")} of ${
              plural(whole.length, "flow")
            }, none lost between devices.`,
          ]
          : [],
        ...part.length > 0
          ? [
            `Counted in part: ${plural(sumOf(part, "packets"), "packet")} of ${
              plural(part.length, "flow")
            }, none known to be lost between devices.`,
          ]
          : [],
        ...bounded.length > 0
          ? [
            `Counted: of ${plural(sumOf(bounded, "packets"), "packet")} of ${
              plural(bounded.length, "flow")
            } no more than ${sumOf(bounded, "lostAtMost")} can have been lost.`,
          ]
          : [],
        ...unknown.length > 0
          ? [`Of ${plural(unknown.length, "counted flow")} it is not known what was lost.`]
          : [],
      ],
  ];
}

const sumOf = (flows: readonly Flow[], of: "packets" | "lostAtMost"): number =>
  flows.reduce((sum, { counted }) => sum + (counted?.[of] ?? 0), 0);
