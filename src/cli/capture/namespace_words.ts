/**
 * Names of network namespaces as words of a filter: `lasthop trace podns` is `netns podns`. Only a
 * command line of the machine that has the namespace knows that the word is one.
 */
import { parseNamedFilter } from "../../event/filter/mod.ts";
import { NAME_KEYWORDS, PORT_NAMES, PROTOCOL_NAMES } from "../../event/filter/words.ts";

/** A namespace that is called like one of these is asked for as `netns NAME`. */
const FILTER_WORDS = new Set([
  ...NAME_KEYWORDS,
  ...["and", "or", "not", "mask"],
  ...Object.keys(PORT_NAMES),
  ...Object.keys(PROTOCOL_NAMES),
]);

/** What stands before a name that is marked as one already. */
const BEFORE_A_NAME = /(?:^|[\s(!])(?:netns|pod|node|-n)[\s/]+$/i;

/**
 * The filter with `netns` before each of `names`. What is a keyword, an address or a port stays what it
 * is, also where a namespace is called so, and so does a filter that can be read as it is.
 */
export function withNetns(filter: string, names: () => ReadonlySet<string>): string {
  if (isReadable(filter)) return filter;
  const known = names();
  return filter.replaceAll(/[^\s()!]+/g, (word, at: number) => {
    const isName = known.has(word) && !FILTER_WORDS.has(word.toLowerCase()) && !/^\d+$/.test(word);
    return isName && !BEFORE_A_NAME.test(filter.slice(0, at)) ? `netns ${word}` : word;
  });
}

function isReadable(filter: string): boolean {
  try {
    parseNamedFilter(filter);
    return true;
  } catch {
    return false;
  }
}

/** This machine's, by iproute2's folder; without it none. */
export function ownNamespaces(): ReadonlySet<string> {
  try {
    return new Set([...Deno.readDirSync("/run/netns")].map(({ name }) => name));
  } catch {
    return new Set();
  }
}
