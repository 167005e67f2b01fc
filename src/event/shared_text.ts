/** Texts that come again and again, of which each is to be kept once: addresses, above all. */

const SLOTS_BITS = 16;
/** Longer ones seldom come again. */
const CHARS_MAX = 48;

const slots: string[] = new Array<string>(2 ** SLOTS_BITS).fill("");

/**
 * An equal text that was given lately, or this one. Two that have one slot take turns, so that what comes from
 * outside takes no more memory than that.
 */
export function sharedText(text: string): string {
  if (text.length > CHARS_MAX) return text;
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const slot = (hash ^ hash >>> 15) & 2 ** SLOTS_BITS - 1;
  const known = slots[slot]!;
  if (known === text) return known;
  return slots[slot] = text;
}
