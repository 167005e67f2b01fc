/** How texts from outside are written in an export: hostile ones are shown, and steer nothing. */
import { visible } from "../words/escape.ts";
import { counting, type Writing } from "../words/writing.ts";

/** Characters of one text from outside, where nothing else is said. */
const TEXT_MAX = 300;

/** Counts as an export writes them: `1,204 packets`. */
export const { grouped, plural } = counting(",");

/** Text for a place where nothing has a meaning. */
export const PLAIN: Writing = {
  text: (text, lengthMax = TEXT_MAX) => visible(text.slice(0, lengthMax)),
  arrow: "→",
};

/**
 * Characters that may begin something in Markdown, or name a person or an issue on a forge. Within a
 * word, as in `nft_do_chain`, an underscore begins nothing.
 */
const SPECIAL = /[\\`*[\]<~&|@#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/\/)/g;
/** What begins a block where a line begins: a quote, a list, the line under a heading, spaces of code. */
const BLOCK = /^[-+=>]|(?<=^\d{1,9})[.)](?=\s|$)|(?<=^ *) /g;

const asItself = (one: string) => `&#${one.charCodeAt(0)};`;

/** Text inside of a line of Markdown: what could begin something is written as itself. */
export const markdownText = (text: string): string => visible(text).replaceAll(SPECIAL, asItself);

/** The same where a line or an item of a list begins. */
export const markdownLine = (text: string): string =>
  markdownText(text).replaceAll(BLOCK, asItself);

/** A block of Markdown that nothing in it can end. */
export function fenced(lines: readonly string[], language = ""): string {
  const text = lines.join("\n");
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Text for an element or an attribute of XML 1.0 or HTML, without control characters. */
export const xml = (text: string): string =>
  visible(text).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
