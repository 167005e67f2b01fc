/** Texts of which few differ and many are kept, each kept once. */

/** So many are remembered: names from outside may be as many as they like. */
const TEXTS_MAX = 10_000;

/** Gives for equal texts the same one, so that no other is kept. */
export function sharedTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size === TEXTS_MAX) known.clear();
    known.set(text, text);
    return text;
  };
}
