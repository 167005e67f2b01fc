/**
 * How many seeds or specs a test runs: all of them in the whole suite, a few in `lasthop test
 * --quick`, which must end before whoever changed a rule has gone for coffee. Seeds run from 1, so
 * the few are among the many.
 */
export function seedCount(all: number, quick: number): number {
  return Deno.env.get("LASTHOP_TEST_QUICK") === "1" ? quick : all;
}
