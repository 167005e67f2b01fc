/** Names of devices, pods and rules come from the network: what can't be seen is shown as its code. */

/**
 * Controls, format characters (bidi overrides, zero-width, tags), lone surrogates, line separators,
 * and letters that draw nothing: each could make one name look like another.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]/gu;

/** `text` with every invisible character spelled out, such as ⟨U+202E⟩. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return `⟨U+${code}⟩`;
  });
}

/** At most `max` characters, the middle left out: names differ at their ends. */
export function clipMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  const tail = max - 1 - head;
  return `${wellFormed(text.slice(0, head))}…${tail > 0 ? wellFormed(text.slice(-tail)) : ""}`;
}

/** At most `max` characters, the end left out. */
export function clipEnd(text: string, max: number): string {
  return text.length <= max ? text : `${wellFormed(text.slice(0, max - 1))}…`;
}

/** Drops the half of a pair that a cut left over. */
const wellFormed = (text: string): string =>
  text.replace(/^[\udc00-\udfff]/, "").replace(/[\ud800-\udbff]$/, "");

/**
 * A hostile text made fit for one line: clipped first, so that a megabyte costs nothing, and again
 * once its characters are spelled out.
 */
export const label = (text: string, max = 64): string =>
  clipMiddle(visible(clipMiddle(text, max)), Math.max(max, 12));
