/** A time of day as text. */

/** The second that was told last, since 1970, and its text: most times come by the thousand in one. */
let last = { second: NaN, text: "" };

/** The time of day, RFC 3339, of ms since 1970. No clock or time zone of a runtime is asked. */
export function rfc3339(ms: number): string {
  const whole = Math.floor(ms);
  const second = Math.floor(whole / 1000);
  if (second !== last.second) last = { second, text: textOf(second) };
  return joined([last.text, ".", two(whole - second * 1000, 3), "Z"]);
}

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
