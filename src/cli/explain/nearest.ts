/** Codes that are spelled like a mistyped one. */
import { distance } from "../../event/distance.ts";

/** Up to three codes that somebody may have meant, the nearest first. */
export function nearest(text: string, codes: readonly string[]): string[] {
  const wanted = text.toLowerCase().slice(0, 64);
  const words = wanted.split(/[^a-z0-9]+/).filter((word) => word.length > 2);
  return codes.map((code) => {
    if (wanted.length > 2 && code.includes(wanted)) return { code, far: 0 };
    const shared = words.filter((word) => code.includes(word)).length;
    return { code, far: distance(wanted, code) - 4 * shared };
  }).filter(({ code, far }) => far <= Math.max(2, code.length / 3))
    .sort((a, b) => a.far - b.far).slice(0, 3).map(({ code }) => code);
}
