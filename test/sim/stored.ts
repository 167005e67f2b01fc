/** Batches by way of the real ingest: as lines, some broken, into a store that has little room. */
import type { AnalysisInput, Batch } from "../../src/analysis/mod.ts";
import { encodeEvent } from "../../src/event/codec.ts";
import { BatchReader } from "../../src/ingest/intake/batches.ts";
import { KeptIncidents } from "../../src/ingest/live/kept.ts";
import { DEFAULT_LIMITS, type StoreLimits } from "../../src/ingest/limits.ts";
import { MemoryStore } from "../../src/ingest/stores/memory_store.ts";
import type { Counters } from "../../src/ingest/stores/store.ts";
import { pushLines } from "../contract/lines.ts";
import type { Random } from "./random.ts";

export interface Stored {
  /** As a report gets it from batches kept decoded, and from those read back. */
  kept: AnalysisInput;
  readBack: AnalysisInput;
  counters: Counters;
  limits: StoreLimits;
}

const ID = "simulated";

export async function throughStore(input: AnalysisInput, random: Random): Promise<Stored> {
  const events = input.batches.reduce((total, batch) => total + batch.events.length, 0);
  const limits = {
    ...DEFAULT_LIMITS.store,
    eventsPerIncidentMax: Math.max(1, Math.floor(events * random.pick([0.1, 0.5, 0.9, 2]))),
    stateBytesPerIncidentMax: random.pick([5000, 50_000, 5_000_000]),
  };
  const store = new MemoryStore(limits);
  const kept = new KeptIncidents(store);
  const began = { title: "", filter: "", createdMs: 0, importing: false };
  await store.createIncident({ id: ID, ...began });
  const reader = new BatchReader({ limits: DEFAULT_LIMITS, check: () => null });
  const broken = random.pick([0, 0, 0.02]);
  // Mostly probes tell in the order of time, so that the store throws away what is oldest.
  const order = random.chance(0.5)
    ? input.batches
    : [...input.batches].sort((a, b) => a.header.sequence - b.header.sequence);
  for (const batch of order) {
    pushLines(reader, [JSON.stringify(batch.header)]);
    const lines = [...batch.events.map(encodeEvent), ...batch.states.map((s) => JSON.stringify(s))];
    pushLines(reader, lines.map((line) => random.chance(broken) ? cut(line, random) : line));
    const whole = reader.end()!;
    whole.refused += batch.refused;
    const appended = await store.append(ID, whole);
    if (appended.status === "stored") kept.add(ID, appended.row, whole, appended.evicted);
  }
  const { counters } = (await store.getIncident(ID))!;
  const { evicted, evictedStates, strayLines } = counters;
  const of = (batches: Batch[]) => ({ ...input, batches, evicted, evictedStates, strayLines });
  return {
    kept: of((await kept.batches(ID)).batches),
    readBack: of((await new KeptIncidents(store).batches(ID)).batches),
    counters,
    limits,
  };
}

/** A line that lost its beginning: what a pipe that was read too slowly leaves. */
const cut = (line: string, random: Random) => line.slice(random.between(1, 40));
