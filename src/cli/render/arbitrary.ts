/** Any report that the schema allows, with the worst of names: for tests. */
import fc from "fast-check";
import { CAUSE_CODES, EXCHANGE_OUTCOMES, OUTCOMES } from "../../event/codes.ts";
import { type Change, CHANGED_PARTS } from "../../event/change.ts";
import { SEVERITIES } from "../../event/codes.ts";
import { type Problem, PROBLEM_STATES } from "../../event/problem.ts";
import {
  type Exchange,
  type Flow,
  type Hop,
  type Report,
  type ReportNode,
  STAGES,
} from "../../event/report.ts";

/** Escape sequences, bidi overrides, wide and combining characters, half pairs, nothing at all. */
const NASTY = [
  "\x1b[2J",
  "\x1b]0;title\x07",
  "\x9b31m",
  "\u202egnp.exe",
  "line\nbreak\r\ttab",
  "節点",
  "e\u0301\u0301\u0301",
  "\ud800",
  "🚀🚀🚀",
  "",
];

const text = (maxLength: number) =>
  fc.oneof(
    fc.constantFrom(...NASTY),
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ maxLength }),
  ).map((value) => value.slice(0, maxLength));

/** Few names, so that stretches, returns and losses on the path come about. */
const node = fc.constantFrom(
  "worker",
  "podvm",
  "\x1b[31mred",
  "a-node-with-quite-a-long-name.local",
);
const port = fc.integer({ min: 0, max: 65_535 });
const address = fc.oneof(fc.ipV4(), fc.ipV6(), text(64));
const count = fc.integer({ min: 0, max: 2_000_000 });
const nanoseconds = fc.bigInt(0n, 10n ** 15n).map(String);
const optional = { requiredKeys: ["source", "destination"] as const };

const points = fc.record(
  { source: address, sourcePort: port, destination: address, destinationPort: port },
  { requiredKeys: [...optional.requiredKeys] },
);

const encap = fc.record({
  kind: fc.constantFrom("vxlan", "geneve", "\x1b[m"),
  id: fc.integer({ min: 0, max: 3 }),
  source: fc.constantFrom("10.0.0.1", "fd00::1"),
  destination: fc.constantFrom("10.0.0.2", "fd00::2"),
  destinationPort: port,
}, { requiredKeys: ["kind", "id", "source", "destination"] });

const hop: fc.Arbitrary<Hop> = fc.record({
  node,
  netns: fc.oneof(fc.constantFrom("host", "4026531840"), text(253)),
  device: text(64),
  ifindex: count,
  deviceKind: text(32),
  stage: fc.constantFrom(...STAGES),
  timeNs: nanoseconds,
  function: text(128),
  reason: text(64),
  pod: text(253),
  translated: points,
  encap,
}, { requiredKeys: ["node", "netns", "device", "ifindex", "deviceKind", "stage", "timeNs"] });

const cause = fc.record({
  code: fc.constantFrom(...CAUSE_CODES),
  sentence: text(2000),
  confidence: fc.constantFrom("proven", "likely", "possible"),
  evidence: fc.array(
    fc.record({ node, kind: fc.constantFrom("event", "state"), text: text(2000) }),
    { maxLength: 9 },
  ),
  remedy: fc.array(text(500), { maxLength: 3 }),
}, { requiredKeys: ["code", "sentence", "confidence", "evidence"] });

const packets = fc.record({
  seen: count,
  delivered: count,
  dropped: count,
  vanished: count,
  unknown: count,
  inFlight: count,
});

/** Of problems. */
const ids = fc.constantFrom("p1", "p2", "\x1b[2J");

const flow: fc.Arbitrary<Flow> = fc.record({
  points,
  rest: fc.record({
    id: fc.constantFrom("a", "b", "c", "d"),
    protocol: text(16),
    icmpId: port,
    translated: points,
    replyOf: fc.constantFrom("a", "b", "c", "d", "gone"),
    packets,
    problems: fc.array(ids, { maxLength: 2 }),
    outcome: fc.constantFrom(...OUTCOMES),
    lastHop: hop,
    cause,
    otherCauses: fc.array(cause, { maxLength: 2 }),
    gap: text(500),
    path: fc.array(hop, { maxLength: 30 }),
    counted: fc.record({
      sentence: text(1000),
      gap: text(500),
      packets: fc.nat(),
      lost: fc.nat(3),
    }, { requiredKeys: ["sentence"] }),
  }, {
    requiredKeys: ["id", "protocol", "packets", "outcome", "lastHop", "path"],
  }),
}).map(({ points, rest }) => ({ ...points, ...rest }));

const end = fc.record({ address: text(64), port: fc.nat(65_535) }, { requiredKeys: ["address"] });

const exchange: fc.Arbitrary<Exchange> = fc.record({
  id: text(200),
  protocol: text(16),
  client: end,
  server: end,
  outcome: fc.constantFrom(...EXCHANGE_OUTCOMES),
  sentence: text(2000),
  cause,
  findings: fc.array(cause, { maxLength: 2 }),
  gap: text(500),
  question: text(200),
  answer: text(200),
  firstAt: text(40),
  lastAt: text(40),
  tookMs: fc.nat(),
}, {
  requiredKeys: [
    ...["id", "protocol", "client", "server", "outcome", "sentence"] as const,
    ...["question", "firstAt", "lastAt"] as const,
  ],
});

const reportNode: fc.Arbitrary<ReportNode> = fc.record({
  name: node,
  kernel: text(128),
  bpftrace: text(64),
  netns: fc.array(text(253), { maxLength: 12 }),
  scripts: fc.array(
    fc.record(
      { name: text(64), state: fc.constantFrom("attached", "unavailable"), why: text(500) },
      { requiredKeys: ["name", "state"] },
    ),
    { maxLength: 4 },
  ),
  events: count,
  lost: count,
  clock: fc.constant(null),
});

const timeOfDay = fc.oneof(
  fc.constantFrom("2026-07-26T20:01:07.120Z", "2026-07-26T20:20:39.000Z"),
  text(40),
);

const near = fc.array(
  fc.record({
    change: fc.constantFrom("c1", "c2"),
    afterMs: fc.double({ min: 0, noNaN: true, max: 1e6 }),
  }),
  { maxLength: 3 },
);

const buckets = fc.record({
  from: timeOfDay,
  seconds: fc.integer({ min: 1 }),
  counts: fc.array(count, { maxLength: 4 }),
});

const problem: fc.Arbitrary<Problem> = fc.record({
  id: ids,
  state: fc.constantFrom(...PROBLEM_STATES),
  severity: fc.constantFrom(...SEVERITIES),
  outcome: fc.constantFrom(...OUTCOMES, ...EXCHANGE_OUTCOMES),
  cause,
  gap: text(500),
  lastHop: hop,
  direction: fc.constantFrom("question", "answer"),
  from: fc.array(text(64), { maxLength: 3 }),
  to: end,
  protocol: text(16),
  flows: count,
  clients: count,
  passed: count,
  packets,
  firstAt: timeOfDay,
  lastAt: timeOfDay,
  healedAt: timeOfDay,
  began: near,
  mended: near,
  deliveredSince: count,
  timeline: fc.record({ failed: buckets, passed: buckets }),
  example: fc.constantFrom("a", "b", "gone"),
  actions: fc.array(text(500), { maxLength: 2 }),
}, {
  requiredKeys: [
    ...["id", "state", "severity", "outcome", "lastHop", "direction", "from", "to"] as const,
    ...["protocol", "flows", "clients", "passed", "packets", "firstAt", "lastAt"] as const,
    ...["timeline", "example", "actions"] as const,
  ],
});

const change: fc.Arbitrary<Change> = fc.record({
  id: fc.constantFrom("c1", "c2"),
  node: text(253),
  netns: text(253),
  part: fc.constantFrom(...CHANGED_PARTS),
  action: fc.constantFrom("added", "removed", "changed"),
  what: text(500),
  was: text(300),
  now: text(300),
  count,
  after: timeOfDay,
  by: timeOfDay,
}, { requiredKeys: ["id", "node", "netns", "part", "action", "what", "count", "after", "by"] });

export const anyReport: fc.Arbitrary<Report> = fc.record({
  version: fc.constant(1),
  incident: text(128),
  from: fc.option(text(40)),
  to: fc.option(text(40)),
  nodes: fc.array(reportNode, { maxLength: 4 }),
  problems: fc.uniqueArray(problem, { selector: ({ id }) => id, maxLength: 3 }),
  changes: fc.uniqueArray(change, { selector: ({ id }) => id, maxLength: 2 }),
  exchanges: fc.array(exchange, { maxLength: 3 }),
  flows: fc.array(flow, { maxLength: 5 }),
  accounting: fc.record({
    events: count,
    inPackets: count,
    evidence: count,
    unclaimed: count,
    refused: count,
    evicted: count,
    strayLines: count,
    evictedStates: count,
    postponed: count,
  }, { requiredKeys: ["events", "inPackets", "evidence", "unclaimed", "refused", "evicted"] }),
});
