/** Why a node is watched on, while others may be released. */
import type { Report } from "../../event/report.ts";
import { plainWords } from "../../ingest/client/answer.ts";
import { plural } from "../render/mod.ts";

/** What speaks for watching a node. */
export interface Reason {
  /** `end`: one of the filter is there, which needs no words. */
  code: "end" | "anywhere" | "silent" | "lost" | "nothing" | "open" | "passed";
  /** What follows "is watched on: ". */
  words: string;
}

/** What is known when it is asked. */
export interface Standing {
  /** Null: not looked at, since no node can be released by it. */
  report: Report | null;
  /** Nodes of the ends; null while they may be anywhere. */
  ends: ReadonlySet<string> | null;
  /** Its probe sees. */
  sees(name: string): boolean;
}

/** Why this node matters; null: nothing says so. */
export function whyItStays(name: string, { report, ends, sees }: Standing): Reason | null {
  if (ends === null) {
    const words = "an end may be on any node, as the filter does not name both of them, or the " +
      "API does not tell where they are";
    return { code: "anywhere", words };
  }
  if (ends.has(name)) return { code: "end", words: "an end is there" };
  const node = report?.nodes.find((one) => one.name === name);
  if (!report || !node || !sees(name)) return { code: "silent", words: "it does not see yet" };
  const { events, evidence = 0, lost } = node;
  if (lost > 0) return { code: "lost", words: `${plural(lost, "event")} lost there` };
  const passed = events - evidence;
  if (passed > 0) {
    return { code: "passed", words: `${plural(passed, "event")} of its packets seen there` };
  }
  return whyAllStay(report);
}

/**
 * Null where of each packet it is known where it went, and nothing was lost out of sight: a node that saw
 * none of them was on no way. What is on its way still says nothing yet.
 */
export function whyAllStay({ flows, exchanges }: Report): Reason | null {
  const settled = flows.filter(({ outcome }) => outcome !== "in-flight");
  if (settled.length === 0) {
    return { code: "nothing", words: "no packet of the filter was seen yet" };
  }
  const dropped = new Set(flows.filter(({ outcome }) => outcome === "dropped").map(({ id }) => id));
  const open = settled.find(({ outcome }) => outcome !== "delivered" && outcome !== "dropped") ??
    exchanges.find(({ outcome, question }) =>
      !WELL.has(outcome) && outcome !== "in-flight" && !dropped.has(question)
    );
  if (!open) return null;
  const words = `not all was seen whole: ${plainWords(open.id)} is ${open.outcome}`;
  return { code: "open", words };
}

const WELL: ReadonlySet<string> = new Set(["answered", "refused", "slow"]);

/** So long a node may stay before it is said why. Milliseconds. */
const SAID_AFTER_MS = 20_000;

/** Says of each node why it stays, each reason once. */
export class StayingWords {
  readonly #said = new Set<string>();
  #sinceMs: number | null = null;

  /** Lines for what is new; nodes of the same words are one line. */
  lines(reasons: ReadonlyMap<string, Reason>, nowMs: number): string[] {
    this.#sinceMs ??= nowMs;
    if (nowMs - this.#sinceMs < SAID_AFTER_MS) return [];
    const byWords = new Map<string, string[]>();
    for (const [name, { code, words }] of reasons) {
      const key = `${code} ${name}`;
      if (code === "end" || this.#said.has(key)) continue;
      this.#said.add(key);
      const names = byWords.get(words);
      if (names) names.push(plainWords(name));
      else byWords.set(words, [plainWords(name)]);
    }
    return [...byWords].map(([words, names]) =>
      `· ${names.join(", ")} ${names.length === 1 ? "is" : "are"} watched on: ${words}`
    );
  }
}
