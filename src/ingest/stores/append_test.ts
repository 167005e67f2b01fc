import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { limitsWith, type StoreLimits } from "../limits.ts";
import { type AppendFacts, decideAppend, decideEarly, roomBytesOf } from "./append.ts";
import { evictToFit, type SegmentSize } from "./retention.ts";
import { type Counters, type Incident, NO_COUNTERS, type Tier } from "./store.ts";

const LIMITS: StoreLimits = limitsWith({
  store: { bytesPerIncidentMax: 1000, stateBytesPerIncidentMax: 300, eventsPerIncidentMax: 10 },
}).store;

function incidentWith(counters: Partial<Counters> = {}, closedMs: number | null = null): Incident {
  return {
    id: "i",
    title: "",
    filter: "",
    createdMs: 1,
    importing: false,
    arrivedMs: 1,
    closedMs,
    shards: 1,
    revision: 7,
    counters: { ...NO_COUNTERS, ...counters },
  };
}

const SEGMENTS: SegmentSize[] = [
  { tier: "ordinary", lines: 3, chars: 60 },
  { tier: "drops", lines: 2, chars: 50 },
  { tier: "state", lines: 1, chars: 40 },
];

const decide = (facts: Partial<AppendFacts>) =>
  decideAppend({
    incident: incidentWith(),
    isKnown: false,
    batch: { headerChars: 100, refused: 4, evicted: 5, segments: SEGMENTS },
    roomBytes: Infinity,
    limits: LIMITS,
    ...facts,
  });

Deno.test("append: without an incident nothing is stored", () => {
  deepEqual(decide({ incident: null }), { status: "missing" });
  deepEqual(decideEarly(null, true), { status: "missing" });
});

Deno.test("append: a batch that came before is counted and nothing else, closed or not", () => {
  for (const closedMs of [null, 5]) {
    const incident = incidentWith({ duplicates: 2, batches: 9 }, closedMs);
    const expected = incidentWith({ duplicates: 3, batches: 9 }, closedMs);
    deepEqual(decide({ incident, isKnown: true }), { status: "duplicate", incident: expected });
    equal(incident.counters.duplicates, 2);
  }
});

Deno.test("append: a closed incident takes nothing new", () => {
  deepEqual(decide({ incident: incidentWith({}, 5) }), { status: "closed" });
  deepEqual(decideEarly(incidentWith({}, 5), false), { status: "closed" });
  equal(decideEarly(incidentWith(), false), null);
});

Deno.test("append: headers alone can fill an incident, to the character", () => {
  equal(decide({ incident: incidentWith({ headerBytes: 900, bytes: 900 }) }).status, "stored");
  const incident = incidentWith({ headerBytes: 901, bytes: 901 });
  deepEqual(decide({ incident }), { status: "full" });
});

Deno.test("append: what is stored is counted, the revision grows, what was given stays", () => {
  const incident = incidentWith({ batches: 1, events: 1, bytes: 10 });
  const decision = decide({ incident });
  deepEqual(decision, {
    status: "stored",
    incident: {
      ...incidentWith({
        batches: 2,
        refused: 4,
        evicted: 5,
        events: 6,
        drops: 2,
        states: 1,
        bytes: 260,
        headerBytes: 100,
        stateBytes: 40,
      }),
      revision: 8,
    },
  });
  deepEqual(incident, incidentWith({ batches: 1, events: 1, bytes: 10 }));
});

Deno.test("append: all incidents together have a limit, to the character", () => {
  equal(decide({ roomBytes: 250 }).status, "stored");
  deepEqual(decide({ roomBytes: 249 }), { status: "account-full", neededBytes: 250 });
});

Deno.test("append: what its own limit will evict needs no room", () => {
  const incident = incidentWith({ bytes: 950, events: 9 });
  deepEqual(decide({ incident, roomBytes: 999 }), { status: "account-full", neededBytes: 1000 });
  equal(decide({ incident, roomBytes: 1000 }).status, "stored");
  // A limit that was lowered since: what is kept already is nobody else's.
  const larger = incidentWith({ bytes: 1500, events: 9 });
  deepEqual(decide({ incident: larger, roomBytes: 1499 }), {
    status: "account-full",
    neededBytes: 1500,
  });
});

Deno.test("append: the room of an incident is what the others leave, and what it has", () => {
  const limits = { ...LIMITS, bytesTotalMax: 5000 };
  equal(roomBytesOf(incidentWith({ bytes: 300 }), 1300, limits), 4000);
  equal(roomBytesOf(null, 1300, limits), 3700);
});

/** Segments of three tiers, as a store has them: oldest first. */
const kept = fc.array(
  fc.record({
    tier: fc.constantFrom<Tier>("ordinary", "drops", "state"),
    lines: fc.integer({ min: 1, max: 4 }),
    chars: fc.integer({ min: 1, max: 200 }),
  }),
  { maxLength: 30 },
);

Deno.test("append: what is evicted is the oldest of its tier, ordinary ones first, until all fits", () => {
  fc.assert(fc.property(kept, (segments) => {
    const facts = { headerChars: 0, refused: 0, evicted: 0, segments };
    const decision = decide({ batch: facts });
    if (decision.status !== "stored") throw new Error(decision.status);
    const { counters } = decision.incident;
    const left = segments.map((segment, row) => ({ ...segment, row }));
    const order: Tier[] = [];
    const evicted = evictToFit(counters, LIMITS, (tier) => {
      order.push(tier);
      return left.splice(left.findIndex((segment) => segment.tier === tier), 1)[0]!;
    });
    deepEqual(evicted.map(({ tier }) => tier), order);
    const sum = (of: (segment: SegmentSize) => number) =>
      left.reduce((total, segment) => total + of(segment), 0);
    equal(counters.bytes, sum(({ chars }) => chars));
    equal(counters.events, sum(({ tier, lines }) => tier === "state" ? 0 : lines));
    equal(counters.drops, sum(({ tier, lines }) => tier === "drops" ? lines : 0));
    equal(counters.stateBytes, sum(({ tier, chars }) => tier === "state" ? chars : 0));
    equal(counters.bytes <= LIMITS.bytesPerIncidentMax && counters.events <= 10, true);
    const firstDrop = order.indexOf("drops");
    equal(firstDrop >= 0 && order.lastIndexOf("ordinary") > firstDrop, false);
  }));
});

Deno.test("append: a batch that is stored tells when, one that is not leaves the time", () => {
  const stored = decide({ nowMs: 9 });
  equal(stored.status === "stored" && stored.incident.activeMs, 9);
  const incident = { ...incidentWith(), activeMs: 5 };
  const again = decide({ incident, isKnown: true, nowMs: 9 });
  equal(again.status === "duplicate" && again.incident.activeMs, 5);
});
