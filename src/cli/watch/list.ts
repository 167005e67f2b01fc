/** The live view as state: what is shown, what is chosen, and what a key makes of it. Pure. */
import {
  ALL,
  narrowed,
  parseReportFilter,
  printFilter,
  type ReportFilter,
  suggestions,
  type Words,
  wordsOf,
} from "../../event/filter/mod.ts";
import type { Exchange, Report } from "../../event/report.ts";
import { meaningOf, typed } from "./keys.ts";
import { type Row, rowsOf } from "../render/rows.ts";

/** A filter that is being typed. */
export interface Prompt {
  text: string;
  /** What is wrong with it; null: it can be read. */
  error: string | null;
}

/** What the live view shows. */
export interface Shown {
  incident: string;
  /** The whole of it; null before the first one came. */
  report: Report | null;
  /** Of the part that fits the filter. */
  rows: readonly Row[];
  filter: ReportFilter;
  filterText: string;
  /** Null: nothing is being typed. */
  prompt: Prompt | null;
  /** What is wrong with the connection; absent: nothing. */
  trouble?: string;
  /** Why the incident ended; null while it is open. */
  ended: string | null;
  /** Id of the row that is chosen; null: none yet, or there is none. */
  selected: string | null;
  /** Its index when it was last there: where it goes, the next one stands. */
  at: number;
  /** Whether anything was chosen by hand: until then the worst row is. */
  moved: boolean;
  /** Id of the row whose detail is shown; null: the list is. */
  open: string | null;
  /** First line on the screen, of the list and of the detail, from 0. */
  top: number;
  /** First line of the detail that is seen. */
  detailTop: number;
  /** Lines of the screen between its top and the chosen row, from 0: rows that come leave it there. */
  offset: number;
}

/** Before anything came. */
export function begin(incident: string, filter: ReportFilter = ALL): Shown {
  const filterText = printFilter(filter);
  return {
    ...{ incident, report: null, rows: [], filter, filterText, prompt: null, ended: null },
    ...{ selected: null, at: 0, moved: false, open: null, top: 0, detailTop: 0, offset: 0 },
  };
}

/** With a newer report: what is chosen stays chosen. */
export function withReport(shown: Shown, report: Report | null): Shown {
  const rows = report === null ? [] : rowsOf(narrowed(report, shown.filter));
  return chosen({ ...shown, report, rows });
}

/** The row that was chosen, else the one that stands where it stood. */
function chosen(shown: Shown): Shown {
  const { rows, selected, moved } = shown;
  const found = moved ? rows.findIndex(({ id }) => id === selected) : 0;
  const at = Math.max(0, Math.min(found < 0 ? shown.at : found, rows.length - 1));
  return { ...shown, at, selected: rows[at]?.id ?? null };
}

/** What a key does; `page` is the lines of a screenful. Null: it quits. */
export function pressed(shown: Shown, key: string, page: number): Shown | null {
  if (shown.prompt !== null) return typing(shown, shown.prompt, key);
  const meaning = meaningOf(key);
  if (meaning === undefined) return shown;
  if (meaning === "quit") return null;
  if (meaning === "filter") return { ...shown, prompt: promptOf(shown.filterText) };
  if (shown.open !== null) {
    if (meaning === "back") return { ...shown, open: null };
    return { ...shown, detailTop: scrolled(shown.detailTop, meaning, page) };
  }
  if (meaning === "open") return { ...shown, open: shown.selected, moved: true, detailTop: 0 };
  if (meaning === "back") return shown;
  const at = Math.max(0, Math.min(scrolled(shown.at, meaning, page), shown.rows.length - 1));
  return { ...shown, at, selected: shown.rows[at]?.id ?? null, moved: true };
}

function typing(shown: Shown, { text }: Prompt, key: string): Shown {
  if (key === "\t") {
    const words = shown.report === null ? new Map() : wordsIn(shown.report);
    const [first] = suggestions(text, text.length, words);
    if (first === undefined) return shown;
    return { ...shown, prompt: promptOf(`${text.slice(0, first.from)}${first.text} `) };
  }
  const next = typed(text, key);
  if (next === null) return { ...shown, prompt: null };
  if (!next.done) return { ...shown, prompt: promptOf(next.text) };
  const prompt = promptOf(text);
  if (prompt.error !== null) return { ...shown, prompt };
  const filter = parseReportFilter(text);
  const fresh = { ...shown, filter, filterText: text.trim(), prompt: null, open: null };
  return withReport({ ...fresh, top: 0, offset: 0 }, shown.report);
}

function promptOf(text: string): Prompt {
  try {
    parseReportFilter(text);
    return { text, error: null };
  } catch (error) {
    // Below its first line the message shows the place, which is where one types.
    const message = error instanceof Error ? error.message : String(error);
    return { text, error: message.split("\n", 1)[0]! };
  }
}

function wordsIn({ flows, exchanges }: Report): Words {
  const byFlow = new Map<string, Exchange>();
  for (const one of exchanges) {
    for (const id of [one.question, one.answer, ...one.otherAnswers ?? []]) {
      if (id !== undefined) byFlow.set(id, one);
    }
  }
  return wordsOf(flows.map((flow) => [flow, byFlow.get(flow.id)] as const));
}

/** A place after a key that moves, counted from 0; `page` is how far a screenful is. */
export function scrolled(at: number, meaning: string, page: number): number {
  switch (meaning) {
    case "up":
      return Math.max(0, at - 1);
    case "down":
      return at + 1;
    case "page-up":
      return Math.max(0, at - page);
    case "page-down":
      return at + page;
    case "home":
      return 0;
    case "end":
      return Number.MAX_SAFE_INTEGER;
    default:
      return at;
  }
}
