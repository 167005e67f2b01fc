/** Senders of too much are told when to come back, lose nothing, and cost nobody else anything. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { LimitsOverride } from "../../src/ingest/limits.ts";
import type { HttpTest } from "./http.ts";
import { body, dropLine, hopLine } from "./lines.ts";
import { ask, clientOf, postLines, problem, type Target } from "./target.ts";

const lines = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => hopLine(from + i, i % 5));

async function waits(response: Response, scope: string): Promise<number> {
  const seconds = Number(response.headers.get("retry-after"));
  const answer = await problem(response, 429, "load_limited");
  equal(answer.scope, scope);
  match(String(answer.detail), new RegExp(`must wait ${seconds} s$`));
  ok(seconds >= 1, `${seconds} s`);
  return seconds;
}

/** Slow enough that nothing fills again while a test runs. */
const slow = (some: LimitsOverride) => ({ limits: { burstSeconds: 1, ...some } });

export function limitsContract(test: HttpTest): void {
  accountContract(test);
  test("a probe beyond its events waits, others of its incident go on", async (target) => {
    const send = (probe: string, sequence: number) =>
      postLines(target, "i", body({ probe, sequence }, ...lines(30, sequence * 100)));
    equal((await send("noisy", 0)).status, 200);
    const seconds = await waits(await send("noisy", 1), "probe");
    ok(seconds > 2900 && seconds <= 3000, `${seconds} s`);
    equal((await send("quiet", 0)).status, 200);
    const { counters } = await clientOf(target).getIncident("i");
    deepEqual([counters.batches, counters.events], [2, 60]);
  }, slow({ probeEventsPerSecond: 0.01 }));

  test("a body that was let in is taken whole, also beyond the limit", async (target) => {
    const several = [0, 1, 2].map((sequence) => body({ sequence }, ...lines(30, sequence * 100)));
    const answer = await (await postLines(target, "i", several.join(""))).json();
    deepEqual([answer.accepted, answer.events], [3, 90]);
    await waits(await postLines(target, "i", body({ sequence: 3 }, hopLine(1))), "probe");
  }, slow({ probeEventsPerSecond: 0.01 }));

  test("what of a body was taken is told, and is not taken twice", async (target) => {
    const noisy = body({ probe: "noisy", sequence: 0 }, ...lines(3000));
    equal((await postLines(target, "i", noisy)).status, 200);
    const mixed = body({ probe: "other", sequence: 0 }, dropLine(1)) +
      body({ probe: "noisy", sequence: 1 }, dropLine(2));
    const refused = await problem(await postLines(target, "i", mixed), 429, "load_limited");
    deepEqual([refused.accepted, refused.events], [1, 1]);
    const again = await problem(await postLines(target, "i", mixed), 429, "load_limited");
    deepEqual([again.accepted, again.duplicates], [0, 1]);
    equal((await clientOf(target).getIncident("i")).counters.batches, 2);
  }, slow({ probeEventsPerSecond: 5 }));

  test("an incident beyond its share waits, another does not", async (target) => {
    await clientOf(target).createIncident({ id: "other" });
    const send = (incident: string, probe: string) =>
      postLines(target, incident, body({ incident, probe }, ...lines(30)));
    equal((await send("i", "a")).status, 200);
    await waits(await send("i", "b"), "incident");
    equal((await send("other", "a")).status, 200);
    // Reading goes on: it is what the incident is for.
    equal((await clientOf(target).report("i")).accounting.events, 30);
  }, slow({ incidentBytesPerSecond: 1 }));
}

function accountContract(test: HttpTest): void {
  test("all incidents together have a limit too", async (target) => {
    await clientOf(target).createIncident({ id: "other" });
    const first = body({ probe: "a" }, ...lines(30));
    equal((await postLines(target, "i", first)).status, 200);
    const second = body({ incident: "other", probe: "b" }, ...lines(30));
    await waits(await postLines(target, "other", second), "account");
  }, slow({ accountEventsPerSecond: 0.01 }));

  test("who waited as long as told is let in, and nothing was lost", async (target) => {
    const send = (sequence: number) =>
      postLines(target, "i", body({ sequence }, ...lines(30, sequence * 100)));
    equal((await send(0)).status, 200);
    const toldMs = 1000 * await waits(await send(1), "probe");
    const endMs = performance.now() + toldMs;
    while (performance.now() < endMs) await (await ask(target, "GET", "/healthz")).text();
    const answer = await (await send(1)).json();
    deepEqual([answer.accepted, answer.duplicates, answer.events], [1, 0, 30]);
    equal((await clientOf(target).report("i")).accounting.events, 60);
  }, { limits: { burstSeconds: 0.1, probeEventsPerSecond: 30 } });

  test("an ingest that holds as much as allowed refuses more until something goes", async (t) => {
    await clientOf(t).createIncident({ id: "old" });
    const filled = await fill(t, "old");
    ok(filled > 1, `${filled} batches`);
    const refused = await postLines(t, "i", body({}, ...lines(30)));
    equal(refused.headers.get("retry-after"), "30");
    const { accepted } = await problem(refused, 507, "account_full");
    equal(accepted, 0);
    await clientOf(t).deleteIncident("old");
    equal((await (await postLines(t, "i", body({}, ...lines(30)))).json()).accepted, 1);
  }, { limits: { store: { bytesTotalMax: 20_000 } } });
}

/** Sends batches until there is no room; gives how many were kept. */
async function fill(target: Target, incident: string): Promise<number> {
  for (let sequence = 0;; sequence++) {
    const sent = body({ incident, sequence }, ...lines(30, sequence * 100));
    const response = await postLines(target, incident, sent);
    await response.body?.cancel();
    if (response.status === 507) return sequence;
    equal(response.status, 200);
  }
}
