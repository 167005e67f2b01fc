/** `docs/causes.md` as data: the page that people read is the one source. */
import { CAUSE_CODES, OUTCOMES } from "../event/codes.ts";

/**
 * What the page says of one outcome or cause. Texts are paragraphs of Markdown, without line ends.
 */
export interface Entry {
  code: string;
  kind: "outcome" | "cause";
  /** What it means. */
  means: string;
  /** How lasthop knows. */
  knows: string;
  /** What to do. */
  remedy: string;
}

/** Where the page is. */
export const PAGE = new URL("../../docs/causes.md", import.meta.url);

/**
 * Every outcome and every cause, in the order of the page. Sections of other things are left out.
 */
export function readCatalogue(markdown: string): Entry[] {
  return markdown.split(/^## /m).slice(1).flatMap((section) => {
    const code = section.slice(0, section.indexOf("\n")).trim();
    const kind = kindOf(code);
    if (kind === null) return [];
    const part = (label: string) =>
      // A paragraph: up to an empty line, or to the end.
      new RegExp(`^\\*\\*${label}\\.\\*\\* ([^]*?)\\n(?:\\n|$)`, "m").exec(section)?.[1]
        ?.replaceAll("\n", " ") ?? "";
    return [{
      code,
      kind,
      means: part("Means"),
      knows: part("How lasthop knows"),
      remedy: part("What to do"),
    }];
  });
}

function kindOf(code: string): Entry["kind"] | null {
  if ((OUTCOMES as readonly string[]).includes(code)) return "outcome";
  return (CAUSE_CODES as readonly string[]).includes(code) ? "cause" : null;
}
