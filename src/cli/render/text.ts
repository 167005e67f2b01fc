/** Text measured in columns of a terminal, not in characters: CJK takes two, an accent none. */

const ZERO = /\p{Mn}|\p{Me}/u;

/** First and last code points of what takes two columns (East Asian Wide and emoji). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

function columnsOf(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Columns that a text takes in a terminal. */
export function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += columnsOf(character);
  return sum;
}

/** `text` with spaces behind it, up to `width` columns. */
export const padEnd = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - columns(text)));

/** `text` with spaces before it, up to `width` columns. */
export const padStart = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - columns(text))) + text;

/**
 * `text` in lines of at most `width` columns, broken at spaces; a word longer than a line is cut.
 * Spaces inside a line stay as they are.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const [, gap = "", whole = ""] of text.matchAll(/( *)([^ ]+)/g)) {
    let word = whole;
    const needed = columns(gap) + columns(word);
    if (used > 0 && used + needed <= width) {
      line += gap + word;
      used += needed;
      continue;
    }
    if (used > 0) lines.push(line);
    while (columns(word) > width) {
      const head = headOf(word, width);
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
    used = columns(word);
  }
  if (used > 0 || lines.length === 0) lines.push(line);
  return lines;
}

/** As much of the start as fits, at least one character. */
function headOf(word: string, width: number): string {
  let head = "";
  let used = 0;
  for (const character of word) {
    used += columnsOf(character);
    if (used > width && head !== "") break;
    head += character;
  }
  return head;
}

/**
 * At most `width` columns of a text. The middle is left out, because names differ at their ends.
 */
export function clipColumns(text: string, width: number, ellipsis: string): string {
  if (columns(text) <= width) return text;
  const room = Math.max(1, width - columns(ellipsis));
  const tailRoom = Math.floor(room / 2);
  const characters = [...text];
  let tail = "";
  for (let i = characters.length - 1, used = 0; i > 0; i--) {
    used += columnsOf(characters[i]!);
    if (used > tailRoom) break;
    tail = characters[i]! + tail;
  }
  return headOf(text, room - columns(tail)) + ellipsis + tail;
}
