/** How a report looks in one terminal: its width, its colours, its characters. */
import type { ReportNode } from "../../event/report.ts";
import { clipMiddle, visible } from "../../words/escape.ts";
import type { Writing } from "../../words/writing.ts";
import { columns, wrap } from "./text.ts";

/** What is known of the terminal, and of the nodes that watched. */
export interface RenderOptions {
  /** Columns; taken as 36 to 200. */
  width: number;
  colour: boolean;
  /** True for a terminal that knows no UTF-8. */
  ascii?: boolean;
  /** The nodes whose losses and gaps are shown beside the verdict. */
  nodes?: readonly ReportNode[];
  /** True: each problem with all its hops and evidence, however long that is. */
  isFull?: boolean;
  /** The command that prints the report so; absent: none does. */
  fullCommand?: string;
}

const STYLES = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36" } as const;
/** How a piece of text is painted. */
export type Style = keyof typeof STYLES | `bold ${"red" | "green" | "yellow"}`;

const UNICODE = {
  lost: "✕",
  delivered: "✓",
  open: "?",
  pending: "…",
  arrow: "→",
  then: "›",
  node: "●",
  here: "◀",
  reply: "↩",
  chosen: "▸",
  ellipsis: "…",
  tunnelBegin: "┌ ",
  tunnel: "│ ",
  tunnelEnd: "└ ",
  micro: "µ",
};
/** The characters that stand for something. */
export type Glyphs = typeof UNICODE;

const ASCII: Glyphs = {
  lost: "x",
  delivered: "v",
  open: "?",
  pending: "~",
  arrow: "->",
  then: ">",
  node: "*",
  here: "<-",
  reply: "<",
  chosen: ">",
  ellipsis: "...",
  tunnelBegin: ", ",
  tunnel: "| ",
  tunnelEnd: "` ",
  micro: "u",
};

/** How characters that sentences use are spelled in ASCII. */
const SPELLED: Record<string, string> = {
  "→": "->",
  "…": "...",
  "×": "x",
  "µ": "u",
  "·": "-",
  "±": "+/-",
  "–": "-",
  "—": "-",
  "⟨": "<",
  "⟩": ">",
  "\u202f": ",",
};

/** The terminal as the parts of a report use it. */
export interface Look extends Writing {
  /** Columns, 36 to 200. */
  width: number;
  glyph: Glyphs;
  /** `text` in a colour or weight, where the terminal has colours. */
  paint(style: Style, text: string): string;
  /** Text from outside, fit for one line: nothing in it can steer the terminal. */
  text(text: string, lengthMax?: number): string;
  /** Wrapped to the width behind `indent` columns, or behind words that stand there instead. */
  lines(text: string, indent: number | string, style?: Style): string[];
}

/** What stands further in on a terminal of 40 columns has fewer. */
const WIDTH_MIN = 36;

/** The look of a terminal. A width out of bounds is taken as 36 or 200, an unknown one as 80. */
export function lookOf({ width, colour, ascii = false }: RenderOptions): Look {
  const glyph = ascii ? ASCII : UNICODE;
  const bounded = Math.min(200, Math.max(WIDTH_MIN, Math.floor(width) || 80));
  const paint = (style: Style, text: string) => {
    if (!colour || text === "") return text;
    const codes = style.split(" ").map((one) => STYLES[one as keyof typeof STYLES]);
    return `\x1b[${codes.join(";")}m${text}\x1b[0m`;
  };
  const spell = (text: string) =>
    // deno-lint-ignore no-control-regex
    text.replace(/[^\x00-\x7f]/gu, (c) => SPELLED[c] ?? `<U+${hex(c)}>`);
  return {
    width: bounded,
    glyph,
    arrow: glyph.arrow,
    paint,
    text(text, lengthMax = 64) {
      const seen = visible(clipMiddle(text, lengthMax));
      return ascii ? spell(seen) : seen;
    },
    lines(text, indent, style) {
      const lead = typeof indent === "number" ? " ".repeat(indent) : indent;
      const taken = columns(lead);
      return wrap(text, bounded - taken).map((line, i) =>
        (i === 0 ? lead : " ".repeat(taken)) +
        (style === undefined ? line : paint(style, line))
      );
    },
  };
}

const hex = (character: string): string =>
  character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
