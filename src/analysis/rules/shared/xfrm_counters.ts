/** Counters of /proc/net/xfrm_stat, of two readings. */
import type { NetnsState } from "../../../event/state.ts";

/** Names of the counters, of what was received or was to be sent, that are larger afterwards. */
export function risen(
  before: NetnsState,
  after: NetnsState,
  prefix: "XfrmIn" | "XfrmOut",
): string[] {
  const old = counters(before);
  return [...counters(after)].filter(([name, count]) =>
    name.startsWith(prefix) && count > (old.get(name) ?? 0)
  ).map(([name]) => name);
}

/**
 * The counters were read again, and none is larger. One that is 0 is not told: where none is told at all, the
 * kernel may not count.
 */
export const isCountedByNone = (
  before: NetnsState,
  after: NetnsState,
  prefix: "XfrmIn" | "XfrmOut",
): boolean =>
  after !== before && counters(after).size > 0 && risen(before, after, prefix).length === 0;

const counters = ({ xfrm }: NetnsState): Map<string, number> =>
  new Map(
    xfrm.filter((text) => text.startsWith("stat ")).map((text): [string, number] => {
      const [, name = "", count = ""] = text.split(" ");
      return [name, Number(count)];
    }),
  );
