/** What a node watched: silence proves nothing where something was not watched. Rule O5. */
import type { Gap } from "../../event/gaps.ts";
import { ask, askIn, askOnce, type Timed } from "./asked.ts";
import { leftOutOf, type Stretch } from "./covered.ts";
import { isOverlapping } from "./runs.ts";
import type { NodeView, Sighting } from "./timeline.ts";
import { EVERY_SCRIPT, isIn, type Lasting, untoldIn } from "./untold.ts";

/** A time by the clock of one node, of which something is concluded from silence. */
export interface Span {
  /** Whose clock it is. */
  node: NodeView;
  /** An `at`, ns. */
  from: number;
  /** An `at`, ns. */
  to: number;
}

/** Where it can't be said when the thing would have been seen: all of the time that was watched. */
export const EVER = null;

/** Longer than a packet is on its way between two hops that follow each other at once, ns. */
const HOP_NS = 0.5e9;
/** Longer than a packet waits in a node, for the link address of its next hop or in a queue, ns. */
const HELD_NS = 4e9;

/** When a packet would be seen next after this sighting, if nothing holds it. */
export const after = ({ node, at }: Pick<Sighting, "node" | "at">): Span => ({
  node,
  from: at,
  to: at + HOP_NS,
});

/** When the same node would have seen the packet before this sighting. */
export const before = ({ node, at }: Pick<Sighting, "node" | "at">): Span => ({
  node,
  from: at - HELD_NS,
  to: at,
});

/** When other copies of the packet of this sighting would be seen, on whichever node. */
export const around = ({ node, at }: Pick<Sighting, "node" | "at">): Span => ({
  node,
  from: at - HELD_NS,
  to: at + HELD_NS,
});

/** When copies of a frame that were made at this sighting would be seen first. */
export const near = ({ node, at }: Pick<Sighting, "node" | "at">): Span => ({
  node,
  from: at - HOP_NS,
  to: at + HOP_NS,
});

/** From this sighting to the end. */
export const since = ({ node, at }: Pick<Sighting, "node" | "at">): Span => ({
  node,
  from: at,
  to: Infinity,
});

/** Up to this sighting. */
export const until = ({ node, at }: Pick<Sighting, "node" | "at">): Span => ({
  node,
  from: -Infinity,
  to: at,
});

/**
 * Why the silence of these scripts on a node is no proof, or null when it is one. `when`: the time in
 * which the thing would have been seen. What the kernel left out, what was lost and what the store threw
 * away is told by its time, where that is known; of all else that is missing nobody knows when it was.
 */
export const gapOf = (
  node: NodeView,
  scripts: readonly string[],
  when: Span | typeof EVER,
  rank: Rank = ANY_PACKET,
): Gap | null => gapOfAnyTime(node, scripts, false) ?? leftOutIn(node, when, rank, scripts);

/** The rank of the packet whose silence is asked for, found out only where it matters. */
export type Rank = () => number;

/** The silence is of a packet of which nothing is known, so of any rank. */
export const ANY_PACKET: Rank = () => 0;

/** The same without all that is told by its time, where another asks for that. */
export const untimedGapOf = (node: NodeView, scripts: readonly string[]): Gap | null =>
  gapOfAnyTime(node, scripts, false);

/** The same, where nobody asks for it: what was lost or is gone in a time that is known counts for all of it. */
export const lastingGapOf = (node: NodeView, scripts: readonly string[]): Gap | null =>
  gapOfAnyTime(node, scripts, true);

/** `withTimed`: what was lost or is gone in a time that is known counts for all of the time, too. */
const gapOfAnyTime = (
  node: NodeView,
  scripts: readonly string[],
  withTimed: boolean,
): Gap | null =>
  ask(
    [node.coverageSource, node.settingsSource],
    lastingKey(scripts, withTimed),
    () => foundLasting(node, scripts, withTimed),
    isSameGap,
  ) ?? (node.gone.isGoneFrom(withTimed ? -Infinity : Infinity, scripts) ? GONE : null);

/** There are a few lists of scripts, and each is asked for once a packet. */
const lastingKeys = new WeakMap<readonly string[], { timed: string; others: string }>();

function lastingKey(scripts: readonly string[], withTimed: boolean): string {
  let keys = lastingKeys.get(scripts);
  if (keys === undefined) {
    const names = scripts.join(" ");
    keys = { timed: `lasting true ${names}`, others: `lasting false ${names}` };
    lastingKeys.set(scripts, keys);
  }
  return withTimed ? keys.timed : keys.others;
}

/** Whether two gaps, or their absence, say the same. */
export const isSameGap = (a: Gap | null, b: Gap | null): boolean =>
  a?.code === b?.code && a?.text === b?.text;

function foundLasting(
  node: NodeView,
  scripts: readonly string[],
  withTimed: boolean,
): Gap | null {
  const { name, runs, probeRuns, missing, unaccounted, refused } = node;
  const lost = withTimed ? node.lost : node.lost - countIn(node.losses);
  for (const wanted of scripts) {
    const script = node.header.scripts.find((known) => known.name === wanted);
    if (script?.state === "attached") continue;
    const why = script?.why ? ` (${script.why})` : "";
    return {
      code: "script-not-attached",
      text: `on ${name} script ${wanted} was not attached${why}`,
    };
  }
  if (runs > 1 && isOverlapping(probeRuns)) {
    const text = `${runs} probes are named ${name}, and some watched at the same time`;
    return { code: "probe-restarted", text };
  }
  if (runs > 1) {
    return { code: "probe-restarted", text: `the probe of ${name} was started ${runs} times` };
  }
  if (missing > 0) {
    return { code: "batches-missing", text: `${missing} batches of ${name} have not come` };
  }
  if (unaccounted > 0) {
    return {
      code: "lines-missing",
      text: `${unaccounted} of the events that ${name} sent have not come`,
    };
  }
  if (lost > 0) {
    return { code: "events-lost", text: `${name} lost ${eventsText(lost)}` };
  }
  if (refused > 0) {
    return { code: "lines-refused", text: `${refused} lines of ${name} could not be read` };
  }
  return null;
}

const GONE: Gap = {
  code: "events-evicted",
  text: "the store threw away events at its limits",
};

const countIn = (stretches: readonly Stretch[]) =>
  stretches.reduce((sum, { count }) => sum + count, 0);

const eventsText = (count: number) => `${count} ${count === 1 ? "event" : "events"}`;

/**
 * Up to when, as `at`, the silence of a node says something: what its next batch has to tell, of
 * events that come late and of what was lost, may be of the time that the last one ends with.
 */
const silentUntil = ({ untilAt, toldAt }: NodeView): number => Math.min(untilAt, toldAt);

/**
 * Whether a node was watched up to the moment `until`, and its losses are known up to `told`; both are
 * `at`s. Once it is so, it stays so.
 */
export const isWatchedUntil = (node: NodeView, until: number, told: number): boolean =>
  askOnce(
    node.untilSource,
    () => `watched ${until} ${told}`,
    () => node.untilAt >= until && node.toldAt >= told,
  );

/** Whether it says something up to after this moment, an `at`. Once it does, it goes on to. */
export function isSilentUntil(node: NodeView, at: number): boolean {
  return askOnce(node.untilSource, () => `silent ${at}`, () => silentUntil(node) > at);
}

/**
 * Why a node may have missed something in this time, or null: the kernel left out runs of its scripts
 * then, or not all packets of this rank were told. Of a node with another kernel than the clock's,
 * with which no time is compared, any such stretch counts. `scripts`: whose silence it is; null: any one's.
 */
export const leftOutIn = (
  node: NodeView,
  when: Span | typeof EVER,
  rank: Rank = ANY_PACKET,
  scripts: readonly string[] | null = null,
): Gap | null => {
  const span = when && onClockOf(node, when);
  if (node.gone.isGoneFrom(span?.from ?? -Infinity, scripts)) return GONE;
  const answer = () => foundLeftOut(node, when, rank, scripts);
  if (!when) {
    const told = node.sampled.length > 0 ? `${rank()} ` : "";
    const key = `left out ${told}${scripts?.join(" ")}`;
    return ask(node.coverageSource, key, answer, isSameGap);
  }
  return askIn(leftOutTimes(node, when.node), when.from, when.to, answer);
};

/** What was left out on a node in a time by the clock of another; the same object for each two. */
function leftOutTimes(node: NodeView, clock: NodeView): Timed {
  let own = leftOut.get(node);
  if (!own) leftOut.set(node, own = new Map());
  let timed = own.get(clock);
  if (timed) return timed;
  const over = (from: number, to: number) => {
    if (isAllTold(node)) return "";
    const span = onClockOf(node, { node: clock, from, to });
    const told = [node.missed, node.losses, node.sampled].map((all: readonly Lasting[]) =>
      all.filter((stretch) => isIn(stretch, span))
    );
    // By another clock all stretches count, and by the same one other ones do for each part of the time.
    return JSON.stringify([span !== null, ...told]);
  };
  // Whose clock it is, and that of other nodes, is told by settings, which all nodes share.
  const sources = [node.coverageSource, node.shared.settings];
  timed = { sources, key: `left out ${node.name}\0${clock.name}`, over };
  own.set(clock, timed);
  return timed;
}

const isAllTold = ({ missed, losses, sampled }: NodeView): boolean =>
  missed.length + losses.length + sampled.length === 0;

const leftOut = new WeakMap<NodeView, Map<NodeView, Timed>>();

function foundLeftOut(
  node: NodeView,
  when: Span | typeof EVER,
  rank: Rank,
  scripts: readonly string[] | null,
): Gap | null {
  if (isAllTold(node)) return null;
  const span = when && onClockOf(node, when);
  const untold = untoldIn(node, span, rank, scripts ?? EVERY_SCRIPT);
  if (untold !== null) return untold;
  const time = span ? "at that time" : "while it was watched";
  const lost = node.losses.find((one) => isIn(one, span));
  if (lost) {
    return { code: "events-lost", text: `${node.name} lost ${eventsText(lost.count)} ${time}` };
  }
  const missed = node.missed.find((one) => isIn(one, span) && leftOutOf(one, scripts) > 0);
  if (!missed) return null;
  const runs = leftOutOf(missed, scripts);
  const text = `on ${node.name} the kernel left out ${runs} runs of the scripts ${time}`;
  return { code: "runs-left-out", text };
}

/** Runs that the kernel left out on a node while it was watched; null where not all packets were told. */
export const runsLeftOut = (node: NodeView): number | null =>
  ask(
    node.coverageSource,
    "runs left out",
    () => node.sampled.length > 0 ? null : node.missed.reduce((sum, { count }) => sum + count, 0),
  );

/** Whether two nodes have one clock: they are of one start of one kernel. */
export const isOneClock = (a: NodeView, b: NodeView): boolean =>
  a === b ||
  ask(a.shared.settings, `one clock ${a.name}\0${b.name}`, () => {
    const { boot } = a.header;
    return boot !== undefined && boot === b.header.boot;
  });

/** The span by the clock of the node; null where that is another clock. */
function onClockOf(node: NodeView, { node: clock, from, to }: Span) {
  if (!isOneClock(node, clock)) return null;
  const ahead = Number(clock.baseNs - node.baseNs);
  return { from: from + ahead, to: to + ahead };
}

/** Scripts whose silence means "did not pass a device". */
export const DEVICE_SCRIPTS = ["device_rx", "device_tx"] as const;
/** Scripts whose silence means "was not dropped". */
export const DROP_SCRIPTS = ["drop"] as const;
/** Both. One list, because what is asked about a list of scripts is remembered of that list. */
export const PACKET_SCRIPTS = [...DEVICE_SCRIPTS, ...DROP_SCRIPTS] as const;
