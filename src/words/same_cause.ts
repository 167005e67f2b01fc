/** Problems towards many ends that one and the same thing makes: a rule, a setting, a device. */
import type { Problem } from "../event/report.ts";
import { askedNoun, problemEnd } from "./problem.ts";
import type { Counting, Writing } from "./writing.ts";

/** Problems with one cause, in the order in which the report has them: the first stands for all. */
export interface SameCause<P extends Problem> {
  first: P;
  others: P[];
}

/**
 * A problem is about one end. Those of one state, outcome and cause at one place belong together where the same
 * commands mend them, or the cause rests on the same state of the node: a port that nobody listens on has a remedy and
 * state of its own, and a rule that drops a range of ports has one of each for all of them. What has no route is
 * missing in the same tables, whichever addresses they were asked for.
 */
export function bySameCause<P extends Problem>(problems: readonly P[]): SameCause<P>[] {
  const all: SameCause<P>[] = [];
  const byKey = new Map<string, SameCause<P>>();
  for (const problem of problems) {
    const keys = keysOf(problem);
    const found = keys.map((key) => byKey.get(key)).find((same) => same !== undefined);
    const same = found ?? { first: problem, others: [] };
    if (found) same.others.push(problem);
    else all.push(same);
    for (const key of keys) if (!byKey.has(key)) byKey.set(key, same);
  }
  return all;
}

/** A page asks with each report, and few problems are other ones then. */
const known = new WeakMap<Problem, string[]>();

function keysOf(problem: Problem): string[] {
  const keys = known.get(problem) ?? makeKeys(problem);
  known.set(problem, keys);
  return keys;
}

function makeKeys({ cause, state, outcome, direction, lastHop, to }: Problem): string[] {
  if (cause === undefined) return [];
  const { code, remedy = [], evidence } = cause;
  const where = [state, outcome, direction, code, lastHop.node, lastHop.netns];
  const read = evidence.filter(({ kind }) => kind === "state").map(({ text }) =>
    code === "no-route" ? text.replaceAll(to.address, "") : text
  );
  return [remedy, read].flatMap((texts, i) =>
    texts.length === 0 ? [] : [JSON.stringify([...where, i, texts])]
  );
}

/** Ends that are named; of more their number is told. */
const NAMED_MAX = 4;

/** `the same towards 17 more: 10.0.2.16:8080, 10.0.2.9:8080 and 15 others (51 TCP connections)`; "" without others. */
export function othersText(
  { others }: SameCause<Problem>,
  { plural, grouped }: Counting,
  writing: Pick<Writing, "text">,
): string {
  if (others.length === 0) return "";
  const ends = [...new Set(others.map((problem) => problemEnd(problem, writing)))];
  const left = ends.length - NAMED_MAX;
  const named = ends.slice(0, NAMED_MAX).join(", ") +
    (left > 0 ? ` and ${plural(left, "other")}` : "");
  const flows = others.reduce((sum, problem) => sum + problem.flows, 0);
  const noun = askedNoun(new Set(others.map(({ protocol }) => protocol)));
  return `the same towards ${grouped(others.length)} more: ${named} (${plural(flows, noun)})`;
}
