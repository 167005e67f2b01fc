/** The parts of a program that choose which packets are told while there are too many. Rule O22. */
import type { Budget } from "./budget.ts";
import type { Mix } from "./counting.ts";

/** Tells bpftrace the types of the maps that choose what is told, before a line reads them. */
export const CHOOSING_TYPES = `interval:s:3600 { if (nsecs == 0) {
  @mask[0] = (uint64)0; @told[0] = (uint64)0; @cut[0] = (uint64)0; @level[0] = (uint64)0;
  @base[0] = (uint64)0; @spent[0] = (uint64)0; @first[(uint64)0] = (uint64)0;
  @unread[0] = (uint64)0; @slow[0] = (uint64)0; @slowAt[0] = (uint64)0; @behind[0] = (uint64)0;
  @pressed[0] = (uint64)0;
} }`;

/** Places of the recorder's ring: `bpf/lib/record.bt` has 512 groups of 32. */
export const RECORDER_MAP_KEYS = 16_384;

/** How many words `bpf/lib/record.bt` keeps of a hop. */
const HOP_WORDS = 12;

/** The same for the maps of the recorder. */
export const RECORDER_TYPES = `interval:s:3600 { if (nsecs == 0) {
  @hop[(uint64)0] = (${Array(HOP_WORDS).fill("(uint64)0").join(", ")});
  @over[0] = (uint64)0; @busy[0] = (uint64)0;
  @dying[cpu] = ((uint64)0, (uint64)0, (uint64)0, (uint64)0, (uint64)0);
} }`;

/** The step of masks from which on nothing ordinary is told: that of the recorder. */
const NO_ORDINARY = 16;

/** The first packet of a flow at a place is told once in so many nanoseconds, as a power of two. */
const FIRST_IN = { trace: 27, recorder: 33 };

/** The same for what was asked for: that many a second, or hardly more or fewer. */
function firstIn(budget: Budget | null, recorder: boolean): string {
  const asked = budget?.firstsPerSecond;
  if (asked === undefined) return String(recorder ? FIRST_IN.recorder : FIRST_IN.trace);
  return String(Math.round(Math.log2(1e9 / asked)));
}

/** Scripts of `hop` see packets pass, those of `rare` what becomes of few: each have their maps. */
const CLASSES = ["hop", "rare"] as const;

/** What choosing depends on. */
interface Choosing {
  /** Null: all packets are told. */
  budget: Budget | null;
  recorder: boolean;
  counters: Mix | null;
  /** This kernel's reason for what no socket waits for; undefined: it is not known. */
  noSocket?: number | undefined;
}

/**
 * Decides whether a packet that passes the filter is told, while there are more than the budget.
 * `spares`: of drops, those of answers that have come are told as packets that pass are.
 */
export function choosing(
  lib: (name: string) => string,
  { budget, recorder, counters, noSocket }: Choosing,
  kind: typeof CLASSES[number],
  spares: boolean,
): string {
  const innermost = lib("innermost");
  if (budget === null) return innermost;
  const isKeeping = recorder && kind === "hop";
  const isUnasked = spares && noSocket !== undefined;
  const source = lib(isKeeping ? "choose_recorder" : "choose")
    .replace("//@rank", lib("rank"))
    .replace("//@first", kind === "hop" ? lib("first") : "")
    .replace("//@tell", lib("tell"))
    .replace("//@unasked", isUnasked ? unasked(lib, noSocket) : "")
    .replaceAll("@class", isUnasked ? "$c" : "@class")
    .replace("//@mark", recorder || counters === null ? "" : markedBy(counters))
    .replace("@window", firstIn(budget, isKeeping));
  return withNumbers(`${innermost}\n${source}`, budget, kind, recorder);
}

/**
 * What the rank is of, mixed by a secret: 32 bits, of which whoever reads them makes the digest as
 * `bpf/lib/count.bt` does (`squared`). To make it here 0.17 has no room on the stack. Rule O30.
 */
const markedBy = (mix: Mix): string => `$z = $z + ((($x * (uint64)${mix}) >> 32) << 20);`;

const unasked = (lib: (name: string) => string, noSocket: number): string =>
  lib("unasked").replace("@noSocket", String(noSocket));

/** With the numbers of a class, each unsigned by its cast, as what it is compared with. */
function withNumbers(
  source: string,
  budget: Budget,
  kind: typeof CLASSES[number],
  recorder: boolean,
): string {
  const fair = Math.max(4, Math.round(budget.eventsPerSecond / 10));
  // A quarter of what is saved may be told in a tenth of a second, which must not be less than `fair`.
  const savedBy = (kind: typeof CLASSES[number]) =>
    Math.max(4 * fair, Math.round(budget.saved[kind]));
  const saved = savedBy(kind);
  const least = recorder && kind === "hop" ? NO_ORDINARY : 0;
  // Counted up to by all classes, because `bpf/lib/unasked.bt` chooses the class in the kernel.
  const all = Math.max(...CLASSES.map(savedBy)) / 4 + fair * 4;
  const numbers = { fair, saved, least, half: fair / 2, all };
  return source.replaceAll("@class", String(CLASSES.indexOf(kind))).replace(
    /@(fair|saved|least|half|all)\b/g,
    (_, name: keyof typeof numbers) => `(uint64)${Math.round(numbers[name])}`,
  );
}

/** The step in force, before the first tick set one, too; 33 where not even what it takes was told. */
const FORCE = `$l@class = @level[@class]; if ($l@class < @least) { $l@class = @least; }
if (@cut[@class] != 0) { $l@class = (uint64)33; }`;

/** The heartbeat: what was in force up to now, and then what is in force up to the next. */
export function tick(
  lib: (name: string) => string,
  budget: Budget | null,
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
  const force = CLASSES.map((kind) => withNumbers(FORCE, budget, kind, recorder));
  const next = CLASSES.map((kind) => withNumbers(lib("budget"), budget, kind, recorder));
  return [
    ...force,
    recorder
      ? `printf("t\\t%lld${format}\\t%d\\t%d\\t%lld\\t%lld\\n", ${given}, $l0, $l1, @over[0], @over[1]);`
      : `printf("t\\t%lld${format}\\t%d\\t%d\\n", ${given}, $l0, $l1);`,
    withNumbers(lib("late"), budget, "hop", recorder),
    ...next,
  ].join("\n");
}

/** Keeps a hop of the recorder: `sent` is "1" where it is handed to a device, "0" where one received it. */
export function recording(lib: (name: string) => string, sent: string): string {
  // What is sent has no type yet that would tell whom it is for.
  const type = sent === "1" ? "(uint64)0" : "(uint64)$skb->pkt_type";
  return lib("record").replace("@sent", sent).replace("@type", type);
}

/** Notes the packet that dies, for the program that tells its way. */
export const dying = (lib: (name: string) => string, budget: Budget | null): string =>
  lib("dying").replace("@window", firstIn(budget, true));
