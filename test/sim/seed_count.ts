/**
 * How many seeds or specs a test runs. `lasthop test --quick` runs a few, so that it ends before whoever
 * changed a rule has gone for coffee; `deno task long` runs all; the whole suite, which other work waits
 * for, runs `share` of them. Seeds run from 1, so that the few are among the many.
 */
export function seedCount(all: number, quick: number, share = all): number {
  if (Deno.env.get("LASTHOP_TEST_QUICK") === "1") return quick;
  return Deno.env.get("LASTHOP_TEST_LONG") === "1" ? all : share;
}
