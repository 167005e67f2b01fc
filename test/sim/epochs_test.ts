/**
 * Counters of a flow that goes on, on nodes with one clock or with clocks of their own: what is said to
 * be lost was lost, between those places and in that time.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { analyse } from "../../src/analysis/mod.ts";
import { checkFigures, isSinceThen } from "./counted_figures.ts";
import { checkCountedProblems, type LostIn } from "./counted_problems.ts";
import { batchOf, NODES, PLACES, type Runs, shortOf, WALL_MS } from "./counting_node.ts";
import { BYTES, type Group, nodeOf, told, travel, worldOf } from "./numbered_flow.ts";
import { Random } from "./random.ts";
import { runsLeftOut } from "./runs_left_out.ts";
import { seedCount } from "./seed_count.ts";

const SEEDS = seedCount(2_000, 150, 700);
const SHORT_SEEDS = seedCount(2_000, 150, 700);
/** One of which it is known. */
const QUEUED_SEED = 1;
const LATE_SEEDS = seedCount(2_000, 60, 300);
/** A run that is left out is of one packet; of `most` where they are put together of as many. */
const withoutRun = (random: Random, most: number) => (group: Group): Group[] => {
  const count = group.count - 1 - random.int(most);
  return count > 0 ? [{ ...group, count }] : [];
};

/** Segments of a packet that is put together. */
const SEGMENTS = 40;

/** Tries seeds, and how often what was so. */
function tried(kind: "any" | "late" | "short", seeds: number) {
  // The kernel leaves out runs of the scripts that count.
  const isShort = kind === "short";
  const seen = {
    exact: 0,
    told: 0,
    least: 0,
    lossless: 0,
    unknown: 0,
    goesOn: 0,
    across: 0,
    narrow: 0,
    figures: 0,
    bounded: 0,
    between: 0,
    late: 0,
    lateLossy: 0,
  };
  const states = new Set<string>();
  for (let seed = 1; seed <= seeds; seed++) {
    const world = worldOf(new Random(seed), kind === "late");
    const { passed, lost: truth, ended, isBefore } = travel(world);
    const short = new Random(seed);
    // Few that are put together show that all may be.
    const share = isShort && short.chance(0.3) ? short.pick([0.01, 0.5, 1]) : 0;
    const { counted: reached, missed } = runsLeftOut(
      short,
      isShort ? passed : null,
      world,
      withoutRun(short, share > 0 ? SEGMENTS : 1),
    );
    const events = told(world, isShort ? reached : passed, truth, share);
    const batches = events.map((own, node) =>
      shortOf(byClockOf(missed, world.zero[node]!), batchOf(nodeOf(world, node), own))
    );
    const input = { incident: "i", batches, filter: "", closed: true, evicted: 0 };
    const report = analyse(input);
    const lostIn: LostIn = ({ node, ifindex }, fromMs, untilMs) =>
      truth.filter(({ pair, at }) => {
        const place = PLACES[pair]!;
        const ms = WALL_MS + at / 1e6;
        return NODES[place.node] === node && place.ifindex === ifindex && ms >= fromMs &&
          ms <= untilMs;
      }).length;
    for (const state of checkCountedProblems(report, lostIn, seed)) states.add(state);
    const sinceThen = (place: number) =>
      passed[place]!.reduce((sum, { at, count }) => {
        const isWatched = at >= world.readings[PLACES[place]!.node]![0]! && at <= world.until;
        return isWatched ? sum + count : sum;
      }, 0);
    const dropsUntold = NODES.length *
      missed.reduce((sum, { scripts }) => sum + (scripts?.drop ?? 0), 0);
    const dropped = truth.filter(({ death }) => death !== undefined && death.at <= world.until);
    const figures = {
      ...{ seen: sinceThen(0), arrived: sinceThen(3), lost: truth.length },
      dropped: dropped.length,
    };
    if (checkFigures(report, { ...figures, isOver: ended, dropsUntold }, `seed ${seed}`)) {
      seen.figures += 1;
    }
    const counted = report.flows[0]?.counted;
    if (counted === undefined || counted.gap !== undefined) {
      seen.unknown += 1;
      continue;
    }
    const { lost = -1, lostAtMost = lost, losses = [], atLeast, lostBytes } = counted;
    ok(lostBytes === undefined || lostBytes === lost * BYTES, `seed ${seed}: ${lostBytes} bytes`);
    ok(lost <= truth.length, `seed ${seed}: ${lost} of ${truth.length}`);
    // Of a flow that was all seen and has ended every packet is known.
    if (ended && !atLeast && !isSinceThen(counted)) {
      ok(truth.length <= lostAtMost, `seed ${seed}: ${truth.length} of at most ${lostAtMost}`);
    }
    // What is said of each pair of places is of the same packets.
    if (world.isOneClock && !atLeast && lostAtMost === lost) {
      equal(counted.packets! - lost, counted.arrived, `seed ${seed}`);
    }
    // Of one that was on its way before all is known once each of its epochs had passed.
    if (isBefore && isSinceThen(counted)) {
      seen.late += 1;
      const [from, to] = [Date.parse(counted.since!) + 8_000, Date.parse(counted.until!) - 9_000];
      const then = truth.filter(({ at }) => WALL_MS + at / 1e6 > from && WALL_MS + at / 1e6 < to);
      ok(lost >= then.length, `seed ${seed}: ${lost} of ${then.length}`);
      if (lost > 0) seen.lateLossy += 1;
    }
    if (lostAtMost > lost) seen.bounded += 1;
    if (lostAtMost > lost && lost > 0) seen.between += 1;
    seen[atLeast ? "least" : lost === 0 ? "lossless" : "exact"] += 1;
    if (!ended && lost > 0) seen.goesOn += 1;
    if (losses.some(({ packets, dropsTold }) => dropsTold > 0 && packets >= dropsTold)) {
      seen.told += 1;
    }
    if (!world.isOneClock && lost > 0) seen.across += 1;
    for (const { from, to, packets, firstAt, lastAt } of losses) {
      const pair = PLACES.findIndex(({ node, ifindex }) =>
        NODES[node] === from.node && ifindex === from.ifindex
      );
      const next = PLACES[pair + 1]!;
      equal(`${to.node} ${to.ifindex}`, `${NODES[next.node]} ${next.ifindex}`, `seed ${seed}`);
      const [begin, end] = [Date.parse(firstAt) - 1, Date.parse(lastAt) + 1];
      const then = truth.filter((one) =>
        one.pair === pair && WALL_MS + one.at / 1e6 >= begin && WALL_MS + one.at / 1e6 <= end
      );
      ok(packets <= then.length, `seed ${seed}: ${packets} of ${then.length} in ${firstAt}`);
      if (end - begin < 6_000) seen.narrow += 1;
    }
  }
  return { seen, states: [...states].sort() };
}

/** The same stretches by the clock of a node that is at zero then. */
const byClockOf = (missed: Runs, zero: number): Runs =>
  missed.map((one) => ({
    ...one,
    ...{ fromNs: String(Number(one.fromNs) - zero), toNs: String(Number(one.toNs) - zero) },
  }));

Deno.test("[S16] [S18] [S21] [O24] [O31] of a flow that goes on, by one clock or several, no loss is said that was none", () => {
  const { seen: { bounded, between, late, lateLossy, ...seen }, states } = tried("any", SEEDS);
  ok(late >= lateLossy);
  equal(bounded + between, 0);
  deepEqual(states, ["active", "ended", "healed"]);
  for (const [what, times] of Object.entries(seen)) {
    ok(times > SEEDS / 100, `${what} ${times} times of ${JSON.stringify(seen)}`);
  }
});

Deno.test("[S22] [S18] [S21] [O32] runs that were left out of a flow that IP ids number make no loss", () => {
  // Where runs are left out it is not known what passed in all of a reading.
  const { seen: { late, lateLossy, ...seen } } = tried("short", SHORT_SEEDS);
  ok(late >= lateLossy);
  for (const [what, times] of Object.entries(seen)) {
    ok(times > SHORT_SEEDS / 100, `${what} ${times} times of ${JSON.stringify(seen)}`);
  }
});

Deno.test("[S23] [S18] [S21] [O42] a fast flow that was on its way before is known from when its numbers had passed", () => {
  const { seen: { late, lateLossy, figures } } = tried("late", LATE_SEEDS);
  for (const [what, times] of Object.entries({ late, lateLossy, figures })) {
    ok(times > LATE_SEEDS / 20, `${what} ${times} times of ${LATE_SEEDS}`);
  }
});

Deno.test("[O42] a fast flow that was on its way before is not known where a queue may hold as many as its numbers", () => {
  const since = (limit: number) => {
    const world = worldOf(new Random(QUEUED_SEED), true);
    const { passed, lost } = travel(world);
    const batches = told(world, passed, lost, 0).map((own, node) => {
      const batch = batchOf(nodeOf(world, node), own);
      for (const { qdiscs } of batch.states) {
        for (const queue of qdiscs) queue.text = `qdisc netem 1: root limit ${limit}p delay 1s`;
      }
      return batch;
    });
    const report = analyse({ incident: "i", batches, filter: "", closed: true, evicted: 0 });
    return isSinceThen(report.flows[0]?.counted);
  };
  equal([1_000, 100_000].map(since).join(), "true,false");
});
