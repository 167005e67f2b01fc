/** The parts of a program that choose which packets are told while there are too many. Rule O22. */

/** Tells bpftrace the types of the maps that choose what is told, before a line reads them. */
export const CHOOSING_TYPES = `interval:s:3600 { if (nsecs == 0) {
  @mask[0] = (uint64)0; @told[0] = (uint64)0; @cut[0] = (uint64)0; @level[0] = (uint64)0;
  @first[(uint64)0] = (uint64)0;
} }`;

/** Places of the recorder's ring: `bpf/lib/record.bt` has 512 groups of 32. */
export const RECORDER_MAP_KEYS = 16_384;

/** How many words `bpf/lib/record.bt` keeps of a hop. */
const HOP_WORDS = 12;

/** The same for the maps of the recorder. */
export const RECORDER_TYPES = `interval:s:3600 { if (nsecs == 0) {
  @hop[(uint64)0] = (${Array(HOP_WORDS).fill("(uint64)0").join(", ")});
  @over[0] = (uint64)0;
  @dying[cpu] = ((uint64)0, (uint64)0, (uint64)0, (uint64)0);
} }`;

/** The step of masks from which on nothing ordinary is told: that of the recorder. */
const NO_ORDINARY = 16;

/** The first packet of a flow at a place is told once in so many nanoseconds, as a power of two. */
const FIRST_IN = { trace: 27, recorder: 33 };

/** Scripts of `hop` see packets pass, those of `rare` what becomes of few: each have their budget. */
const CLASSES: Record<string, number> = { hop: 0, rare: 1 };

/** Until so many times the budget of a tenth of a second were told, nothing is left out at once. */
const BURST = 4;

/** Decides whether a packet that passes the filter is told, while there are more than the budget. */
export function choosing(
  lib: (name: string) => string,
  budget: number | null,
  kind: string,
  recorder: boolean,
): string {
  const innermost = lib("innermost");
  if (budget === null) return innermost;
  return lib("choose")
    .replace("//@rank", `${innermost}\n${lib("rank")}`)
    .replace("//@first", kind === "hop" ? lib("first") : "")
    .replace("@window", String(recorder ? FIRST_IN.recorder : FIRST_IN.trace))
    // From the first packet on, before a tick has set any mask.
    .replace("//@floor", recorder && kind === "hop" ? "if ($u != 1) { $take = (uint64)0; }" : "")
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
  recorder: boolean,
): string {
  const given = values === undefined ? "nsecs" : `nsecs, ${values}`;
  if (budget === null) {
    return values === undefined
      ? `printf("t\\t%lld\\n", nsecs);`
      : `printf("t\\t%lld${format}\\n", ${given});`;
  }
  const leastOf = (kind: number) => literal(recorder && kind === CLASSES.hop ? NO_ORDINARY : 0);
  const force = [0, 1].map((kind) =>
    `$l${kind} = @level[${kind}]; if ($l${kind} < ${leastOf(kind)}) { $l${kind} = ${
      leastOf(kind)
    }; } if (@cut[${kind}] != 0) { $l${kind} = (uint64)33; }`
  );
  const next = [0, 1].map((kind) =>
    lib("budget").replaceAll("@class", String(kind)).replaceAll("@least", leastOf(kind))
      .replaceAll("@most", literal(fairOf(budget) * BURST))
      .replaceAll("@fair", literal(fairOf(budget))).replaceAll("@few", literal(fairOf(budget) / 4))
  );
  return [
    ...force,
    recorder
      ? `printf("t\\t%lld${format}\\t%d\\t%d\\t%lld\\n", ${given}, $l0, $l1, @over[0]);`
      : `printf("t\\t%lld${format}\\t%d\\t%d\\n", ${given}, $l0, $l1);`,
    ...next,
  ].join("\n");
}
