import { deepEqual, equal } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import type { Incident } from "../stores/store.ts";
import { ProblemWatch } from "./problem_watch.ts";

/** Long enough for some looks. */
const A_WHILE_MS = 60_000;

/** A watch of one incident, whose reports are what `report` gives or throws. */
async function watched(report: () => unknown) {
  const clock = new FakeClock();
  const told: string[] = [];
  const log: string[] = [];
  const incident = { id: "i", revision: 1, closedMs: null, arrivedMs: 0, createdMs: 0 };
  let incidents: Incident[] = [];
  const watch = new ProblemWatch({
    store: { listIncidents: () => Promise.resolve(incidents) },
    hub: { reportJson: async () => JSON.stringify(await report()) },
    clock,
    log: (line) => log.push(line),
  }, [{
    tell: (_, __, news) => void told.push(...news.map(({ event }) => event)),
    close() {},
  }]);
  await watch.start();
  incidents = [incident as Incident];
  return { clock, told, log, incident, close: () => watch.close() };
}

const REPORT = { problems: [{ id: "p", state: "active", severity: "major" }] };

Deno.test("news that an ingest was too busy to tell is told with a later look", async () => {
  let refusals = 3;
  const { clock, told, log, close } = await watched(() => {
    if (refusals-- > 0) throw new Error("busy");
    return REPORT;
  });
  await clock.advance(A_WHILE_MS);
  deepEqual(told, ["problem.opened"]);
  equal(log.length, 3);
  close();
});

Deno.test("an incident that can't be analysed is left alone until it changes", async () => {
  let looks = 0;
  const { clock, told, log, incident, close } = await watched(() => {
    looks += 1;
    if (incident.revision === 1) throw new Error("too much");
    return REPORT;
  });
  await clock.advance(A_WHILE_MS);
  deepEqual([looks, log.length], [5, 5]);
  incident.revision = 2;
  await clock.advance(A_WHILE_MS);
  deepEqual([looks, told], [6, ["problem.opened"]]);
  close();
});
