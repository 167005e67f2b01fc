/** Codes that are spelled like a mistyped one. */

/** Up to three codes that somebody may have meant, the nearest first. */
export function nearest(text: string, codes: readonly string[]): string[] {
  const wanted = text.toLowerCase().slice(0, 64);
  const words = wanted.split(/[^a-z0-9]+/).filter((word) => word.length > 2);
  return codes.map((code) => {
    if (wanted.length > 2 && code.includes(wanted)) return { code, distance: 0 };
    const shared = words.filter((word) => code.includes(word)).length;
    return { code, distance: distance(wanted, code) - 4 * shared };
  }).filter(({ code, distance }) => distance <= Math.max(2, code.length / 3))
    .sort((a, b) => a.distance - b.distance).slice(0, 3).map(({ code }) => code);
}

/** Edits that lead from one text to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
