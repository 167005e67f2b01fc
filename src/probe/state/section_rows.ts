/** Reading sections: the JSON of iproute2 and nft, also when its end is missing, and text. */
import type { Gaps } from "./bounds.ts";
import type { Section, Sections } from "./sections.ts";

/** What tools say that get no more memory; nft's JSON library leaves it to an assertion. */
const NO_MEMORY =
  /memory allocation failure|out of memory|cannot allocate memory|bad_alloc|__out'/i;

/** How a tool's failure reads in a gap. */
export function failure(section: Section): string {
  if (section.status === 127) return section.stderr || "tool not found";
  const status = section.status === undefined ? "did not end in time" : `exit ${section.status}`;
  const said = section.stderr ? `${status}: ${section.stderr}` : status;
  return NO_MEMORY.test(section.stderr) ? `${said}; it needs a larger --memory-limit` : said;
}

/**
 * The elements of the list a tool printed. What cannot be read is a gap; a list cut short (by its
 * size or the time limit) gives the elements that are whole.
 */
export function jsonRows(section: Section | undefined, what: string, gaps: Gaps): unknown[] {
  if (!section) {
    gaps.add(what, "not reached in time");
    return [];
  }
  const text = section.stdout.trim();
  if (section.status !== 0) gaps.add(what, failure(section));
  if (text === "") return [];
  const whole = parse(text);
  if (Array.isArray(whole)) return whole;
  const salvaged = parse(wholeElements(text));
  if (Array.isArray(salvaged)) {
    gaps.add(what, `cut: output ended after ${text.length} characters`);
    return salvaged;
  }
  if (section.status === 0) gaps.add(what, `not JSON: ${text.slice(0, 80)}`);
  return [];
}

/** The text of a section. What could not be read is a gap, as in `jsonRows`. */
export function textOf(sections: Sections, name: string, what: string, gaps: Gaps): string {
  const section = sections.get(name);
  if (!section) gaps.add(what, "not reached in time");
  else if (section.status !== 0) gaps.add(what, failure(section));
  return section?.stdout ?? "";
}

/**
 * iproute2 6.1 (Debian 12) prints what a route puts packets into among the route's own keys, with a second `dst`: the
 * labels of MPLS, or a tunnel's other end. Parsed so it would be the network that the route leads to.
 */
const SECOND_DST = /("encap":"(?:ip6?|mpls)"(?:,"\w+":(?:"[^"]*"|[\w.-]+))*?),"dst":/g;

function parse(printed: string): unknown {
  const text = printed.includes('"encap":"')
    ? printed.replace(SECOND_DST, '$1,"encap_dst":')
    : printed;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A JSON list that was cut, without its last element: `[{…},{…},{"cu` → `[{…},{…}]`. */
export function wholeElements(text: string): string {
  let depth = 0;
  let inString = false;
  let end = 1;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === "\\") i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") {
      depth--;
      if (depth === 1) end = i + 1;
    }
  }
  return text.slice(0, end) + "]";
}
