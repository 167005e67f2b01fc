/** Each problem is told once, and keeps the last minutes once, over all incidents of a recorder. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import type { Report } from "../../event/report.ts";
import type { News, NewsKind } from "../../ingest/notify/problem_news.ts";
import type { Incident } from "../../ingest/stores/store.ts";
import { Triggers } from "./triggers.ts";

const INCIDENT = { id: "record-1" } as Incident;
const REPORT = {} as Report;

const news = (event: NewsKind, id: string, state = "active"): News => ({
  event,
  problem: { id, state } as Report["problems"][number],
});

function recorder() {
  const clock = new FakeClock();
  const told: string[] = [];
  const kept: string[][] = [];
  const triggers = new Triggers({
    clock,
    tellers: [{
      tell: (_incident, _report, all) =>
        void told.push(...all.map(({ event, problem }) => `${event} ${problem.id}`)),
      close() {},
    }],
    keep(all) {
      kept.push(all.map(({ problem }) => problem.id));
      return Promise.resolve();
    },
  });
  return { clock, told, kept, triggers };
}

Deno.test("problems that open within seconds are told at once and kept together", async () => {
  const { clock, told, kept, triggers } = recorder();
  triggers.tell(INCIDENT, REPORT, [news("problem.opened", "a")]);
  await clock.advance(2_000);
  triggers.tell(INCIDENT, REPORT, [news("problem.opened", "b")]);
  equal(told, ["problem.opened a", "problem.opened b"]);
  await clock.advance(10_000);
  equal(kept, [["a", "b"]]);
});

Deno.test("a problem that goes on in the next incident is told and kept once", async () => {
  const { clock, told, kept, triggers } = recorder();
  triggers.tell(INCIDENT, REPORT, [news("problem.opened", "a")]);
  await clock.advance(600_000);
  triggers.tell(INCIDENT, REPORT, [news("problem.opened", "a")]);
  await clock.advance(600_000);
  equal([told, kept], [["problem.opened a"], [["a"]]]);
});

Deno.test("one that was healed and is seen healed again in the next incident is no news", async () => {
  const { clock, told, kept, triggers } = recorder();
  const both = [
    news("problem.opened", "a", "healed"),
    news("problem.healed", "a", "healed"),
  ];
  triggers.tell(INCIDENT, REPORT, both);
  triggers.tell(INCIDENT, REPORT, both);
  await clock.advance(100_000);
  equal([told, kept], [["problem.opened a", "problem.healed a"], [["a"]]]);
  triggers.tell(INCIDENT, REPORT, [news("problem.opened", "a")]);
  await clock.advance(100_000);
  equal([told.at(-1), kept.length], ["problem.reopened a", 2]);
});

Deno.test("a problem after another waits until a minute is over", async () => {
  const { clock, kept, triggers } = recorder();
  triggers.tell(INCIDENT, REPORT, [news("problem.opened", "a")]);
  await clock.advance(6_000);
  triggers.tell(INCIDENT, REPORT, [news("problem.opened", "b")]);
  await clock.advance(30_000);
  equal(kept, [["a"]]);
  await clock.advance(30_000);
  equal(kept, [["a"], ["b"]]);
});

Deno.test("at the end what waits is kept at once, and nothing twice", async () => {
  const { clock, kept, triggers } = recorder();
  triggers.tell(INCIDENT, REPORT, [news("problem.opened", "a")]);
  await triggers.flush();
  await clock.advance(100_000);
  equal(kept, [["a"]]);
});
