/** The parts of a program that choose which packets are told while there are too many. Rule O22. */

/** Tells bpftrace the types of the maps that choose what is told, before a line reads them. */
export const CHOOSING_TYPES = `interval:s:3600 { if (nsecs == 0) {
  @mask[0] = (uint64)0; @told[0] = (uint64)0; @cut[0] = (uint64)0; @level[0] = (uint64)0;
  @first[(uint64)0] = (uint64)0;
} }`;

/** Scripts of `hop` see packets pass, those of `rare` what becomes of few: each have their budget. */
const CLASSES: Record<string, number> = { hop: 0, rare: 1 };

/** Until so many times the budget of a tenth of a second were told, nothing is left out at once. */
const BURST = 4;

/** Decides whether a packet that passes the filter is told, while there are more than the budget. */
export function choosing(
  lib: (name: string) => string,
  budget: number | null,
  kind: string,
): string {
  const innermost = lib("innermost");
  if (budget === null) return innermost;
  return lib("choose")
    .replace("//@rank", `${innermost}\n${lib("rank")}`)
    .replace("//@first", kind === "hop" ? lib("first") : "")
    .replaceAll("@class", String(CLASSES[kind]))
    .replaceAll("@most", literal(fairOf(budget) * BURST))
    .replaceAll("@half", literal(fairOf(budget) / 2));
}

/** What a tenth of a second may have of a budget of events a second. */
const fairOf = (budget: number): number => Math.max(4, Math.round(budget / 10));

/** Unsigned by its cast, as what it is compared with. */
const literal = (value: number): string => `(uint64)${Math.round(value)}`;

/** The heartbeat: what was in force up to now, and then what is in force up to the next. */
export function tick(
  lib: (name: string) => string,
  budget: number | null,
  format: string,
  values: string | undefined,
): string {
  const given = values === undefined ? "nsecs" : `nsecs, ${values}`;
  if (budget === null) {
    return values === undefined
      ? `printf("t\\t%lld\\n", nsecs);`
      : `printf("t\\t%lld${format}\\n", ${given});`;
  }
  const force = [0, 1].map((kind) =>
    `$l${kind} = @level[${kind}]; if (@cut[${kind}] != 0) { $l${kind} = (uint64)33; }`
  );
  const next = [0, 1].map((kind) =>
    lib("budget").replaceAll("@class", String(kind))
      .replaceAll("@most", literal(fairOf(budget) * BURST))
      .replaceAll("@fair", literal(fairOf(budget))).replaceAll("@few", literal(fairOf(budget) / 4))
  );
  return [
    ...force,
    `printf("t\\t%lld${format}\\t%d\\t%d\\n", ${given}, $l0, $l1);`,
    ...next,
  ].join("\n");
}
