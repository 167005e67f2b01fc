import { deepEqual, equal, match } from "node:assert/strict";
import type { Report } from "../../event/report.ts";
import type { IngestClient } from "../../ingest/mod.ts";
import type { ProbeEnd, ProbeThere } from "./fleet.ts";
import { releaseOthers } from "./release.ts";
import { Roll } from "./roll.ts";

const NAMES = ["node1", "node2", "node3"];

/** One flow from the first node to the second, and nothing on the third but what is said. */
function reportOf(
  { outcome = "delivered", exchange = "answered", events = [4, 4, 0], ...third }: {
    outcome?: string;
    exchange?: string;
    events?: number[];
    evidence?: number;
    lost?: number;
  } = {},
) {
  const scripts = [{ name: "drop", state: "attached" }];
  const node = { scripts, netns: [], lost: 0 };
  return {
    nodes: NAMES.map((name, i) => ({ ...node, name, events: events[i], ...i === 2 ? third : {} })),
    flows: [{ id: "f", outcome }],
    exchanges: [{ question: "f", outcome: exchange }],
  } as unknown as Report;
}

/** Looks as often as there are reports, two seconds apart, at what the test says. */
async function releasing(reports: readonly Report[], ends: (look: number) => string[] | null) {
  const places = NAMES.map((name) => ({ name }));
  const told: string[] = [];
  const happened: string[] = [];
  /** Lets those go that were ended. */
  const leaving: (() => void)[] = [];
  const probe = (name: string): ProbeThere => {
    const { promise, resolve } = Promise.withResolvers<ProbeEnd>();
    const ended = promise.then((end) => (happened.push(`gone ${name}`), end));
    const end = () => {
      happened.push(`end ${name}`);
      leaving.push(() => resolve({ isWell: true, said: "" }));
    };
    return { place: { name }, ended, end };
  };
  const roll = new Roll(places);
  roll.reported(reportOf(), 0);
  const over = new AbortController();
  let look = -1;
  let asked = 0;
  const client = {
    report() {
      look++;
      if (look === reports.length) over.abort();
      return Promise.resolve(reports[look] ?? reportOf());
    },
  } as unknown as IngestClient;
  const probes = places.map(({ name }) => probe(name));
  await releaseOthers(client, {
    ...{ incident: "i", places, probes, roll, signal: over.signal, lookMs: 0, quietMs: 10_000 },
    // Without a report it is only asked where the ends are.
    nowMs: () => (look < 0 ? asked : look) * 2_000,
    ends: () => {
      // Where nobody can be released no report is asked for.
      if (++asked > 10 * reports.length) over.abort();
      const nodes = ends(look);
      return nodes && new Set(nodes);
    },
    start: ({ name }) => {
      happened.push(`start ${name}`);
      return Promise.resolve(probe(name));
    },
    follow: ({ place }) => void happened.push(`follow ${place.name}`),
    progress(text) {
      told.push(text);
      // The last of it goes only now.
      if (text.includes("watched again")) { for (const go of leaving) go(); }
    },
  });
  return { happened, told, roll, probes };
}

const times = (count: number, report: Report) => Array.from({ length: count }, () => report);
const TWO = () => ["node1", "node2"];

Deno.test("cluster: a node that is no end and saw nothing is released after ten seconds, once", async () => {
  const before = await releasing(times(5, reportOf()), TWO);
  deepEqual(before.happened, []);
  const { happened, told, roll } = await releasing(times(9, reportOf()), TWO);
  deepEqual(happened, ["end node3"]);
  match(told[0]!, /^– node3 is released: no end is there, and nothing came by for 10 s/);
  deepEqual([roll.isSettled, roll.seeing, roll.missing], [true, 3, []]);
});

Deno.test("cluster: nobody is released while something is not known, or an end may be anywhere", async () => {
  const open = [
    reportOf({ outcome: "unknown" }),
    reportOf({ outcome: "in-flight" }),
    reportOf({ outcome: "vanished", exchange: "unanswered" }),
    reportOf({ exchange: "unknown" }),
    reportOf({ exchange: "unanswered" }),
    reportOf({ events: [4, 4, 1] }),
    reportOf({ events: [4, 4, 3], evidence: 2 }),
    reportOf({ lost: 1 }),
    { ...reportOf(), flows: [], exchanges: [] },
  ];
  for (const report of open) {
    deepEqual((await releasing(times(9, report), TWO)).happened, []);
  }
  // Ten seconds are counted anew from then on.
  const once = [
    ...times(4, reportOf()),
    reportOf({ exchange: "unknown" }),
    ...times(5, reportOf()),
  ];
  deepEqual((await releasing(once, TWO)).happened, []);
  deepEqual((await releasing(times(9, reportOf()), () => null)).happened, []);
  deepEqual((await releasing(times(9, reportOf()), () => NAMES)).happened, []);
});

Deno.test("cluster: what a node tells whatever the filter holds it back as little as silence", async () => {
  const asked = reportOf({ events: [4, 4, 3], evidence: 3 });
  deepEqual((await releasing(times(9, asked), TWO)).happened, ["end node3"]);
});

Deno.test("cluster: why a node is not released is said after twenty seconds, once for each reason", async () => {
  const said = async (report: Report) => {
    deepEqual((await releasing(times(10, report), TWO)).told, []);
    return (await releasing(times(14, report), TWO)).told;
  };
  const passed = reportOf({ events: [4, 4, 3], evidence: 2 });
  deepEqual(await said(passed), ["· node3 is watched on: 1 event of its packets seen there"]);
  deepEqual(await said(reportOf({ outcome: "vanished" })), [
    "· node3 is watched on: not all was seen whole: f is vanished",
  ]);
  deepEqual(await said(reportOf({ lost: 7 })), ["· node3 is watched on: 7 events lost there"]);
  const anyEnds = await releasing(times(14, reportOf()), () => null);
  const [anywhere = "", ...more] = anyEnds.told;
  match(anywhere, /^· node1, node2, node3 are watched on: an end may be on any node/);
  deepEqual(more, []);
  // Nobody wonders why an end is watched.
  deepEqual((await releasing(times(14, reportOf()), () => NAMES)).told, []);
  const { told } = await releasing([...times(12, passed), ...times(3, reportOf({ lost: 1 }))], TWO);
  deepEqual(told.length, 2);
});

Deno.test("cluster: a drop that is told whole is known as well as what was answered", async () => {
  const dropped = reportOf({ outcome: "dropped", exchange: "unanswered" });
  deepEqual((await releasing(times(7, dropped), TWO)).happened, ["end node3"]);
});

Deno.test("cluster: what is on its way at a look holds nobody back, and has nobody watched again", async () => {
  const one = reportOf();
  const busy = {
    ...one,
    flows: [...one.flows, { ...one.flows[0]!, id: "g", outcome: "in-flight" }],
    exchanges: [...one.exchanges, { ...one.exchanges[0]!, question: "g", outcome: "in-flight" }],
  } as Report;
  deepEqual((await releasing(times(9, busy), TWO)).happened, ["end node3"]);
});

Deno.test("cluster: when an end comes onto a node that was released, it is watched again", async () => {
  const { happened, told, roll, probes } = await releasing(
    times(9, reportOf()),
    (look) => look < 8 ? TWO() : NAMES,
  );
  deepEqual(happened, ["end node3", "gone node3", "start node3", "follow node3"]);
  equal(told[1], "node3 is watched again: an end is there now");
  equal(roll.sees("node3"), false);
  deepEqual(roll.missing, ["node3"]);
  equal(probes.length, 3);
});

Deno.test("cluster: after something that was not seen whole all are watched again, and stay", async () => {
  const reports = [
    ...times(6, reportOf()),
    reportOf({ outcome: "unknown", exchange: "unknown" }),
    ...times(9, reportOf()),
  ];
  const { happened } = await releasing(reports, TWO);
  deepEqual(happened, ["end node3", "gone node3", "start node3", "follow node3"]);
});
