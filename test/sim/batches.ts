/** Emissions to the batches that probes would have sent, through the faults. */
import type { BatchHeader } from "../../src/event/batch.ts";
import type { Event } from "../../src/event/event.ts";
import type { AnalysisInput, Batch } from "../../src/analysis/mod.ts";
import { type Faults, SCRIPTS } from "./faults.ts";
import { leaveOut } from "./left_out.ts";
import { lose } from "./loss.ts";
import type { Random } from "./random.ts";
import { asKept, isTold, masksOf, Ranks, recorderMasksOf, waysOf } from "./sampled.ts";
import type { Scenario } from "./scenario.ts";
import { stateOf } from "./state_lines.ts";
import type { Emission } from "./truth.ts";
import { TimedLosses } from "./timed_losses.ts";
import { missedOf, sampledOf, SCRIPT_OF } from "./untold.ts";
import type { Node } from "./world.ts";

const DAY_MS = 86_400_000;

export function inputOf(scenario: Scenario, faults: Faults, random: Random): AnalysisInput {
  const batches: Batch[] = [];
  // What older seeds draw stays as it was.
  const ranks = new Ranks(faults.sampled || faults.recorded ? random.fork() : random);
  let evicted = 0;
  for (const node of scenario.world.nodes) {
    if (!node.probed) continue;
    for (const run of runsOf(node, scenario, faults)) {
      const own = probeBatches(node, run, scenario, faults, random.fork(), ranks);
      for (const batch of own) {
        const kept = batch.events.filter(() => !random.chance(faults.evicted));
        evicted += batch.events.length - kept.length;
        batches.push({ ...batch, events: kept });
      }
    }
  }
  if (faults.lostBatch) loseOne(batches, random);
  for (const batch of [...batches]) {
    if (random.chance(faults.duplicateBatches)) batches.push(batch);
  }
  return {
    incident: "simulated",
    batches: random.shuffle(batches),
    filter: "",
    closed: true,
    evicted,
  };
}

/** It may be the last of its probe, or the first: whoever waits for it does not know. */
function loseOne(batches: Batch[], random: Random): void {
  const nodes = new Set(batches.map((batch) => batch.header.node)).size;
  const i = random.int(batches.length);
  const { node } = batches[i]!.header;
  const others = batches.filter((batch) => batch.header.node === node).length;
  if (others > 1 || nodes === 0) batches.splice(i, 1);
}

interface Run {
  id: number;
  from: number;
  to: number;
  /** CLOCK_MONOTONIC at simulated time zero. */
  monotonicNs: bigint;
}

/** The times a probe of the node watched. */
function runsOf(node: Node, scenario: Scenario, faults: Faults): Run[] {
  const { monotonicNs } = node.kernel;
  const { restart, late, early } = faults;
  const from = late?.node === node.name ? late.at : 0;
  const to = early?.node === node.name ? Math.max(early.at, from) : scenario.endAt;
  if (restart?.node !== node.name || restart.at + restart.forNs >= to || restart.at <= from) {
    return [{ id: 0, from, to, monotonicNs }];
  }
  const again = restart.at + restart.forNs;
  const zero = restart.reboot ? -BigInt(again) + 5_000_000_000n : monotonicNs;
  return [
    { id: 0, from, to: restart.at, monotonicNs },
    { id: 1, from: again, to, monotonicNs: zero },
  ];
}

function probeBatches(
  node: Node,
  run: Run,
  scenario: Scenario,
  faults: Faults,
  random: Random,
  ranks: Ranks,
): Batch[] {
  const missing = faults.missing?.node === node.name ? faults.missing.script : null;
  const seen = scenario.emissions.filter((emission) =>
    emission.netns.node === node && emission.at >= run.from && emission.at <= run.to &&
    SCRIPT_OF[emission.kind] !== missing
  );
  const leftOut = faults.leftOut > 0 ? leaveOut(seen, faults.leftOut, random.fork()) : [];
  const masks = faults.recorded
    ? recorderMasksOf(run.from, run.to, random.fork())
    : faults.sampled
    ? masksOf(run.from, run.to, random.fork())
    : [];
  const watched = seen.filter((emission) =>
    !leftOut.some(({ emissions }) => emissions.has(emission))
  );
  const atOnce = watched.filter((emission) =>
    masks.length === 0 || isTold(emission, masks, ranks, random)
  );
  const ways = faults.recorded
    ? waysOf(watched, new Set(atOnce), random.fork())
    : new Set<Emission>();
  const heard = ways.size === 0
    ? atOnce
    : watched.filter((emission) => ways.has(emission) || atOnce.includes(emission));
  const told = lose(heard, faults, random);
  const parts = split(told, run, random);
  if (faults.lateEvents > 0) postpone(parts, faults.lateEvents, random);
  const wall = node.kernel.wallMs + (faults.skewedWalls ? random.between(-9, 9) * DAY_MS : 0);
  const totals = { events: 0, lost: 0, refused: 0, evicted: 0 };
  let untold = 0;
  let toldUntil = -Infinity;
  const losses = new TimedLosses(run.monotonicNs);
  const batches = parts.map((part, sequence): Batch => {
    const last = sequence === parts.length - 1;
    const events: Event[] = [];
    let refused = 0;
    totals.lost += untold;
    untold = 0;
    for (const { emission, lost } of part.events) {
      if (lost) {
        losses.lose(emission.at);
        if (faults.countedLate && !last) untold++;
        else totals.lost++;
        continue;
      }
      totals.events++;
      if (!random.chance(faults.cutLines)) {
        const rank = masks.length > 0 ? { rank: ranks.of(emission.packet).shown } : {};
        const event = { ...eventOf(emission, run), ...rank };
        events.push(ways.has(emission) ? asKept(event) : event);
      } else if (random.chance(0.5)) refused++;
      else {
        totals.refused++;
        totals.events--;
      }
    }
    const step = faults.steppedWalls ? stepOf(random.between(-5000, 5000)) : 0;
    const header = headerOf(node, run, part.until, sequence, { ...totals }, wall + step, missing);
    // Told late: of the time of the batch before.
    if (!faults.countedLate || last) toldUntil = part.until;
    const missed = missedOf(leftOut, toldUntil, run);
    const sampled = sampledOf(masks, toldUntil, run);
    if (faults.countedLate) toldUntil = part.until;
    return {
      header: {
        ...header,
        ...(missed.length > 0 ? { missed } : {}),
        ...(sampled.length > 0 ? { sampled } : {}),
        ...losses.told(part.until, untold),
        ...(faults.recorded ? { recorder: { overwritten: 0 } } : {}),
        final: last,
      },
      events: disorder(events, faults, random),
      states: statesOf(node, run, part.until, sequence === 0 || last, scenario),
      refused,
    };
  });
  return batches;
}

function disorder(events: Event[], faults: Faults, random: Random): Event[] {
  let list = events;
  for (const event of events) {
    if (random.chance(faults.duplicateEvents)) list = [...list, { ...event }];
  }
  return faults.crossedCpus
    ? [0, 1, 2, 3].flatMap((n) => list.filter(({ cpu }) => cpu === n))
    : list;
}

interface Part {
  events: ReturnType<typeof lose>;
  until: number;
}

/** Cut at a few moments; the first part is the empty one that a probe begins with. */
function split(told: ReturnType<typeof lose>, run: Run, random: Random): Part[] {
  const cuts = Array.from({ length: random.int(5) }, () => run.from + random.next() * 4e9)
    .filter((cut) => cut < run.to).sort((a, b) => a - b);
  const bounds = [run.from, ...cuts, run.to];
  return bounds.map((until, i) => ({
    until,
    events: told.filter(({ emission: { at } }) => at <= until && (i === 0 || at > bounds[i - 1]!)),
  }));
}

/**
 * From each batch some events to the next, and no further. What is lost is not read late: a batch tells
 * what was lost in the time of the one before, whenever the rest of that came.
 */
function postpone(parts: Part[], share: number, random: Random): void {
  const late = parts.map((part, i) =>
    part.events.filter(({ lost }) => i < parts.length - 1 && random.chance(share) && !lost)
  );
  parts.forEach((part, i) => {
    const before = late[i - 1] ?? [];
    part.events = [...before, ...part.events.filter((told) => !late[i]!.includes(told))];
  });
}

/** Seconds, or days when somebody sets the clock at last. */
const stepOf = (ms: number) => Math.abs(ms) > 4000 ? ms * 86_400 : ms;

function eventOf(emission: Emission, run: Run): Event {
  const { device, netns } = emission;
  const place = device ? { ifindex: device.ifindex, device: device.name } : {};
  return {
    kind: emission.kind,
    timeNs: run.monotonicNs + BigInt(Math.round(emission.at)),
    cpu: emission.cpu,
    ...(emission.skb ? { skb: emission.skb.address } : {}),
    ...(emission.head ? { head: emission.head.address } : {}),
    netns: netns.inode,
    ...place,
    ...emission.columns,
  };
}

function headerOf(
  node: Node,
  run: Run,
  until: number,
  sequence: number,
  totals: BatchHeader["totals"],
  wallMs: number,
  missing: string | null,
): BatchHeader {
  const clock = (at: number) => String(run.monotonicNs + BigInt(Math.round(at)));
  return {
    kind: "batch",
    version: 1,
    incident: "simulated",
    node: node.name,
    probe: `${node.name}-run${run.id}`,
    sequence,
    kernel: "6.18.5",
    bpftrace: "0.23.2",
    netns: node.netns.map(({ inode, name }) => ({ inode, name })),
    allNetns: false,
    filter: "",
    ...(node.kernel.conntrack ? {} : { translationsUntold: true as const }),
    scripts: SCRIPTS.map((name) => ({
      name,
      state: name === missing ? "unavailable" as const : "attached" as const,
      ...(name === missing ? { why: "not on this kernel" } : {}),
    })),
    attachedNs: clock(run.from),
    untilNs: clock(until),
    totals,
    clock: { monotonicNs: clock(until), wallMs: Math.round(wallMs + until / 1e6) },
    final: false,
  };
}

function statesOf(node: Node, run: Run, at: number, told: boolean, scenario: Scenario) {
  if (!told) return [];
  const waits = scenario.flows.some((flow) => flow.packets.some(({ fate }) => fate === "waiting"));
  const word = waits && at < scenario.endAt ? "INCOMPLETE" : "FAILED";
  return node.netns.map((netns) => {
    const state = stateOf(netns, at, word);
    return { ...state, timeNs: String(run.monotonicNs + BigInt(Math.round(at))) };
  });
}
