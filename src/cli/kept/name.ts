/** What names a trace, and what is said when nobody waits for its end. */

/** `20260726-101530-4f2a`: sorts by time (UTC), and is not guessed. */
export function stampOf(now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return `${stamp}-${crypto.randomUUID().slice(0, 4)}`;
}

/** At the second signal: the archive is not written, and what it is made of is on disk. */
export const HURRIED = "ended at once; what was kept until now opens with: lasthop replay";
