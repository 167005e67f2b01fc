/** Sets of ipset, which rules of iptables ask for by `-m set`, from `ipset save`. */
import type { NetfilterSet } from "../../event/state.ts";
import { type Gaps, ROWS_MAX } from "./bounds.ts";
import { failure } from "./section_rows.ts";
import type { Section } from "./sections.ts";

/** The family that these have among sets: nft has none of this name. */
export const IPSET = "ipset";

/** Options of a set that decide nothing about who is in it, with how many values each has. */
const HARMLESS: Record<string, number> = {
  ...{ family: 1, hashsize: 1, maxelem: 1, bucketsize: 1, initval: 1, range: 1, timeout: 1 },
  size: 1,
  ...{ counters: 0, comment: 0, skbinfo: 0, forceadd: 0 },
};

/**
 * One row a set: its table is its type and family, `hash:net inet`, its elements are as they are
 * added, `nomatch` behind those that are excepted, `wildcard` behind those whose device is the
 * beginning of a name. A set with another option, as `netmask`, is left out: then it is not known who
 * is in it. So is what a cut left without its end.
 */
export function readIpsets(section: Section | undefined, gaps: Gaps): NetfilterSet[] {
  if (!section) return [];
  const isCut = section.status !== 0 || (section.stdout !== "" && !section.stdout.endsWith("\n"));
  if (isCut) gaps.add("sets of ipset", failure(section));
  const sets = new Map<string, NetfilterSet>();
  let last: NetfilterSet | undefined;
  for (const line of section.stdout.split("\n")) {
    const [verb, name = "", ...words] = line.split(" ");
    if (verb === "create") {
      last = setOf(name, words);
      if (last) sets.set(name, last);
    } else if (verb === "add") {
      const set = sets.get(name);
      const [element = "", ...options] = beforeComment(words);
      const kept = MEANT.filter((option) => options.includes(option));
      if (set) add(set, [element, ...kept].join(" "));
    }
  }
  if (isCut && last) last.truncated = true;
  return [...sets.values()];
}

/** Options of an element that say what it means. */
const MEANT = ["wildcard", "nomatch"];

/** A comment may hold any words; `ipset save` prints what decides anything before it or after it. */
function beforeComment(words: readonly string[]): readonly string[] {
  const text = words.join(" ").replace(/ comment "[^"]*"/, "");
  return text.split(" ");
}

function setOf(name: string, [type = "", ...options]: readonly string[]): NetfilterSet | undefined {
  let family = "inet";
  for (let i = 0; i < options.length; i++) {
    const values = HARMLESS[options[i]!];
    if (values === undefined) return undefined;
    if (options[i] === "family") family = options[i + 1] ?? "";
    i += values;
  }
  return { family: IPSET, table: `${type} ${family}`, name, elements: [], map: false };
}

function add(set: NetfilterSet, element: string): void {
  if (set.elements.length < ROWS_MAX.setElements) set.elements.push(element);
  else set.truncated = true;
}
