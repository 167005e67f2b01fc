/** What is wrong in a few lines: since when, why, where, what to do. The whole of it is `isFull`'s. */
import type { Cause, Exchange, Flow, Hop, Problem, Report } from "../../event/report.ts";
import { flowName } from "../../words/ends.ts";
import { exchangeHead } from "./exchange.ts";
import { gapLines } from "./coverage.ts";
import { commandLines, toldKey } from "./finding.ts";
import { verdictLines } from "./flow.ts";
import { foldedLines } from "./folded.ts";
import type { Conversation } from "./group.ts";
import type { Look } from "./look.ts";
import { type Around, problemLines } from "./problem.ts";
import { shortPath } from "./short_path.ts";
import { boldStyleOf, markOf, outcomeWord, placeText } from "./words.ts";

const SENTENCE_MAX = 1_000;

/**
 * A problem: how much fails and since when, why, the way of the packet that shows it best (`example`),
 * what to do. `told` holds the causes that were told already; those told here are added.
 */
export function shortProblemLines(
  problem: Problem,
  example: Conversation | undefined,
  around: Around,
  look: Look,
  told: Set<string>,
): string[] {
  const isHealed = problem.state === "healed";
  const flow = flowsOf(example).find(({ id }) => id === problem.example);
  return [
    ...problemLines(problem, around, look),
    ...why(problem, look, told, { sentence: example?.exchange?.sentence }),
    ...flow !== undefined && isSamePlace(flow.lastHop, problem.lastHop)
      ? wayLines(flow, around.nodes, look)
      : look.lines(`last hop ${hopText(problem.lastHop, look)}`, 2),
    ...remedy(isHealed ? [] : problem.actions, look),
    ...alsoLines(example, look, told, isHealed),
  ];
}

/** Conversations that are alike, and belong to no problem, by the first of them. */
export function shortGroupLines(
  group: readonly Conversation[],
  { nodes }: Around,
  look: Look,
  told: Set<string>,
): string[] {
  const [first] = group as [Conversation];
  const { exchange, flow, replies } = first;
  // The flow that went wrong: of an answer that was lost the question got there.
  const wrong = [flow, ...replies].find(({ outcome }) => outcome !== "delivered") ?? flow;
  const cause = exchange?.cause ?? flow.cause ?? wrong.cause;
  const isKnown = cause !== undefined && told.has(toldKey(cause));
  const alone = exchange ? lineOf(first, look) : verdictLines(wrong, look);
  return [
    ...group.length > 1 ? foldedLines(group, look) : alone,
    ...isKnown
      ? look.lines(`${cause.code}, the same as above`, 2)
      : why({ cause, gap: exchange?.gap ?? wrong.gap }, look, told, {
        lead: cause && `${cause.code}: `,
        sentence: exchange?.sentence,
      }),
    ...wayLines(wrong, nodes, look, group.length > 1 || exchange !== undefined),
    ...isKnown ? [] : remedy(cause?.remedy ?? [], look),
    ...alsoLines(first, look, told, false),
  ];
}

/** One conversation in a line, without its cause. */
export function lineOf({ exchange, flow }: Conversation, look: Look): string[] {
  return exchange ? exchangeHead(exchange, look) : verdictLines(flow, look);
}

const flowsOf = (one: Conversation | undefined): Flow[] =>
  one === undefined ? [] : [one.flow, ...one.replies];

/** Why: the cause, else which gap hides it, else what is seen of the whole exchange (`sentence`). */
function why(
  { cause, gap }: Pick<Problem, "cause" | "gap">,
  look: Look,
  told: Set<string>,
  { lead = "", sentence = "" }: { lead?: string; sentence?: string },
): string[] {
  if (cause !== undefined) {
    told.add(toldKey(cause));
    return look.lines(`${lead}${look.text(cause.sentence, SENTENCE_MAX)} (${cause.confidence})`, 2);
  }
  if (gap !== undefined) return look.lines(`gap: ${look.text(gap, 500)}`, 2, "yellow");
  return sentence === "" ? [] : look.lines(look.text(sentence, SENTENCE_MAX), 2);
}

/** What else was found out, of causes that were not told yet. */
function alsoLines(
  example: Conversation | undefined,
  look: Look,
  told: Set<string>,
  isHealed: boolean,
): string[] {
  const causesOf = (one: Exchange | Flow): Cause[] => [
    ...one.cause ? [one.cause] : [],
    ..."findings" in one ? one.findings ?? [] : [],
    ..."otherCauses" in one ? one.otherCauses ?? [] : [],
  ];
  const all = [...example?.exchange ? [example.exchange] : [], ...flowsOf(example)];
  return all.flatMap(causesOf).flatMap((cause) => {
    if (told.has(toldKey(cause))) return [];
    told.add(toldKey(cause));
    const text = `${cause.code}: ${look.text(cause.sentence, SENTENCE_MAX)} (${cause.confidence})`;
    return [
      ...look.lines(`also ${text}`, 2),
      ...remedy(isHealed ? [] : cause.remedy ?? [], look),
    ];
  });
}

const remedy = (commands: readonly string[], look: Look): string[] =>
  commands.length === 0 ? [] : commandLines(commands, "  remedy  ", look);

/** The packet that shows it, by which devices it came, where it was seen last, and what may be missing. */
function wayLines(
  flow: Flow,
  nodes: Report["nodes"],
  look: Look,
  isNamed = true,
): string[] {
  const { lastHop, outcome } = flow;
  const reply = flow.replyOf === undefined ? "" : `${look.glyph.reply} reply `;
  const end = `${markOf(outcome, look)} ${outcomeWord(outcome)}  last hop ${
    hopText(lastHop, look)
  }`;
  return [
    ...isNamed ? look.lines(`${reply}${flowName(flow, look)}`, 4, "dim") : [],
    ...look.lines(shortPath(flow, look), 4, "dim"),
    ...look.lines(end, 4, boldStyleOf(outcome)),
    ...gapLines(flow, nodes, look),
  ];
}

/** A flow may be of several problems, and its path ends where one of them is. */
const isSamePlace = (a: Hop, b: Hop): boolean =>
  a.node === b.node && a.netns === b.netns && a.device === b.device && a.stage === b.stage;

/** `eth0 in pod on n3, NETFILTER_DROP in nft_do_chain`. */
function hopText(hop: Hop, look: Look): string {
  const reason = hop.reason === undefined ? "" : `, ${look.text(hop.reason)}`;
  const where = hop.function === undefined ? "" : ` in ${look.text(hop.function)}`;
  return placeText(hop, look) + reason + where;
}
