/** A time of day as text. */

/** Texts of seconds since 1970 that were told: most times come by the thousand in one. */
const seconds = new Map<number, string>();
/** So many are remembered. */
const SECONDS_MAX = 1000;
/** The millisecond that was told last, and its text: hops of one packet share it. */
let lastMs = { whole: NaN, text: "" };

/** The time of day, RFC 3339, of ms since 1970. No clock or time zone of a runtime is asked. */
export function rfc3339(ms: number): string {
  const whole = Math.floor(ms);
  if (whole === lastMs.whole) return lastMs.text;
  const second = Math.floor(whole / 1000);
  let text = seconds.get(second);
  if (text === undefined) {
    if (seconds.size === SECONDS_MAX) seconds.clear();
    seconds.set(second, text = textOf(second));
  }
  lastMs = { whole, text: joined([text, endOf(whole - second * 1000)]) };
  return lastMs.text;
}

/** The ends of such texts, by their millisecond, as far as they were told. */
const ends: string[] = [];

const endOf = (ms: number): string => ends[ms] ??= joined([".", two(ms, 3), "Z"]);

/** A text of its own: one that was put together by signs is kept as a tree of its parts, of ten times its size. */
const joined = (parts: readonly string[]): string => parts.join("");

const two = (n: number, width = 2) => String(n).padStart(width, "0");

function textOf(second: number): string {
  const days = Math.floor(second / 86_400);
  const rest = second - days * 86_400;
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const h = Math.floor(rest / 3600);
  const m = Math.floor(rest / 60) % 60;
  return joined([
    ...[two(year, 4), "-", two(month), "-", two(day), "T"],
    ...[two(h), ":", two(m), ":", two(rest % 60)],
  ]);
}
