/** How long ago something was, as a person says it. */

/** `0 s`, `14 s`, `3 min`, `2 h`, `5 d`: whole units, rounded down; never less than none. */
export function plainAge(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
