/** What could stand next in a filter of a report, out of what was seen. Pure. */
import { REPORT_FIELDS, type ReportField } from "./ast.ts";
import { isSeenWhole } from "../names.ts";
import type { Exchange, Flow } from "../report.ts";
import { namesOf } from "./match_report.ts";
import { quotedName } from "./report_names.ts";
import { REPORT_KEYWORDS } from "./words.ts";

/** Words that the flows of a report have, by the keyword that they stand after, often seen first. */
export type Words = ReadonlyMap<string, readonly string[]>;

/** A text that could replace the word before the caret. */
export interface Suggestion {
  /** The whole term or word. */
  text: string;
  /** Characters of the filter that it stands for: from, and up to without. */
  from: number;
  /** Index of a character. */
  to: number;
}

/** Suggestions at once. */
const SHOWN_MAX = 8;
/** Words of one kind that are kept. */
const WORDS_MAX = 500;
const PROTOCOLS = ["tcp", "udp", "icmp", "icmp6"];

/** The words of all flows, each with the exchange that it is part of. */
export function wordsOf(all: Iterable<readonly [Flow, Exchange | undefined]>): Words {
  const counts = new Map<string, Map<string, number>>();
  const count = (keyword: string, word: string | number | undefined) => {
    // A name that shows as another is not put into a filter, where nothing can spell it out.
    if (word === undefined || word === "" || !isSeenWhole(`${word}`)) return;
    const of = counts.get(keyword) ?? new Map<string, number>();
    counts.set(keyword, of.set(`${word}`, (of.get(`${word}`) ?? 0) + 1));
  };
  for (const [flow, exchange] of all) {
    for (const field of REPORT_FIELDS) {
      for (const name of new Set(namesOf(field, flow, exchange))) count(field, name);
    }
    for (const ends of [flow, flow.translated]) {
      count("host", ends?.source);
      count("host", ends?.destination);
      count("port", ends?.destinationPort);
    }
    if (PROTOCOLS.includes(flow.protocol)) count("protocol", flow.protocol);
  }
  return new Map([...counts].map(([keyword, of]) => {
    const words = [...of].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return [keyword, words.slice(0, WORDS_MAX).map(([word]) => word)];
  }));
}

/**
 * What could stand at `caret`, best first. After a keyword its words; else terms that have what is
 * typed anywhere in them, so that `80` leads to `port 80` and `worker` to `node worker-1`.
 */
export function suggestions(text: string, caret: number, words: Words): Suggestion[] {
  const typed = /[^\s()]*$/.exec(text.slice(0, caret))![0];
  const from = caret - typed.length;
  const to = caret + /^[^\s()]*/.exec(text.slice(caret))![0].length;
  const before = text.slice(0, from).toLowerCase().split(/[\s()]+/).filter(Boolean);
  const last = before.at(-1) ?? "";
  const place = { from, to };
  const wanted = typed.toLowerCase();
  const keyword = last === "src" || last === "dst" ? "host" : last;
  const own = words.get(keyword);
  if (own !== undefined) return best(own.map((word) => wordOf(keyword, word)), wanted, place);
  if (last !== "" && !["and", "or", "not", "&&", "||", "!"].includes(last)) {
    const isWhole = !REPORT_KEYWORDS.includes(last) || (words.get("protocol") ?? []).includes(last);
    return isWhole ? best(["and", "or"], wanted, place) : [];
  }
  const terms = [...words].flatMap(([of, all]) =>
    all.map((word) => of === "protocol" ? word : `${of} ${wordOf(of, word)}`)
  );
  if (wanted === "") return best(firstOfEach(words), "", place);
  return best([...terms, ...REPORT_KEYWORDS], wanted, place);
}

const isField = (word: string): word is ReportField =>
  (REPORT_FIELDS as readonly string[]).includes(word);

const wordOf = (keyword: string, word: string) => isField(keyword) ? quotedName(word) : word;

/** Before anything is typed: one example of each kind, what went wrong first. */
function firstOfEach(words: Words): string[] {
  const order = new Set(["outcome", "cause", ...REPORT_FIELDS, "host", "port", "protocol"]);
  return [...order].flatMap((of) => {
    const word = words.get(of)?.[0];
    if (word === undefined) return [];
    return of === "protocol" ? word : `${of} ${wordOf(of, word)}`;
  });
}

/** What begins so stands before what has it after a space, and that before what has it anywhere. */
function best(
  all: readonly string[],
  typed: string,
  place: { from: number; to: number },
): Suggestion[] {
  const rank = (text: string) => {
    const at = text.toLowerCase().indexOf(typed);
    return at < 0 ? null : at === 0 ? 0 : text[at - 1] === " " ? 1 : 2;
  };
  const ranked = [...new Set(all)].flatMap((text) => {
    const is = rank(text);
    return is === null || text.toLowerCase() === typed ? [] : [{ text, is }];
  });
  return ranked.sort((a, b) => a.is - b.is).slice(0, SHOWN_MAX).map(({ text }) => ({
    text,
    ...place,
  }));
}
