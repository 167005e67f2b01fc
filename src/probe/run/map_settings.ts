/** How bpftrace is told about the maps of a program. */
import { isAtLeast } from "../kernel/capability.ts";

/**
 * Since 0.23 each place that a map has no room for is told among the lines, once for each packet, and each
 * program looks after each write whether it is to be told. How many had no room is counted without that.
 */
export const silent = (version: string | undefined) =>
  version !== undefined && isAtLeast(version, "0.23") ? ["--no-warnings"] : [];

/** Places in each map: the setting's name up to bpftrace 0.18, and since. */
export const mapKeys = (count: number) => ({
  BPFTRACE_MAP_KEYS_MAX: String(count),
  BPFTRACE_MAX_MAP_KEYS: String(count),
});
