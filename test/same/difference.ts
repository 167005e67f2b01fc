/** Where two values made of JSON part, for a person. */

/** The first differing place in the order of the text, or null. */
export function difference(here: unknown, there: unknown, path = "$"): string | null {
  if (here === there) return null;
  if (!isContainer(here) || !isContainer(there) || Array.isArray(here) !== Array.isArray(there)) {
    return `${path}: ${apart(JSON.stringify(here), JSON.stringify(there))}`;
  }
  const [own, others] = [Object.entries(here), Object.entries(there)];
  for (const [i, [key, value]] of own.entries()) {
    const at = Array.isArray(here) ? `${path}[${key}]` : `${path}.${key}`;
    const other = others[i];
    if (other === undefined) return `${at}: ${short(JSON.stringify(value))} here, nothing there`;
    if (other[0] !== key) return `${path}: "${key}" here, "${other[0]}" there in its place`;
    const inside = difference(value, other[1], at);
    if (inside !== null) return inside;
  }
  const more = others[own.length];
  if (more === undefined) return null;
  return `${path}: nothing here, ${short(JSON.stringify(more[1]))} there as "${more[0]}"`;
}

const isContainer = (value: unknown): value is object =>
  typeof value === "object" && value !== null;

/** Both from a little before the first differing character. */
function apart(here: string, there: string): string {
  let same = 0;
  while (same < here.length && here[same] === there[same]) same++;
  const from = Math.max(0, same - LEAD);
  const cut = (text: string) => (from > 0 ? "…" : "") + short(text.slice(from));
  return `${cut(here)} here, ${cut(there)} there`;
}

const LEAD = 40;
const CHARS_MAX = 160;

const short = (text: string) => text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX)}…` : text;
