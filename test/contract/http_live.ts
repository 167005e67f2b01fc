/** Live streams: everyone sees the same, nobody makes another wait, nothing is missed silently. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { applyLive } from "../../src/ingest/live/live_event.ts";
import type { HttpTest } from "./http.ts";
import { body, dropLine, hopLine } from "./lines.ts";
import {
  ask,
  clientOf,
  figure,
  problem,
  rawRequest,
  readText,
  refusal,
  type Target,
  untilFigure,
} from "./target.ts";
import { Watcher } from "./watcher.ts";

const post = (target: Target, sequence: number) =>
  clientOf(target).postBatch(
    "i",
    body({ sequence }, hopLine(sequence, sequence % 5), dropLine(sequence, sequence % 3)),
  );

export function liveContract(test: HttpTest): void {
  changesContract(test);
  endContract(test);
  test("viewers get a report and its changes, which fold into the report", async (target) => {
    const first = new Watcher(target);
    await first.seen(0);
    deepEqual(first.names(), ["hello", "report"]);
    for (let sequence = 0; sequence < 4; sequence++) await post(target, sequence);
    const second = new Watcher(target, { differences: true });
    await second.seen(8);
    for (let sequence = 4; sequence < 12; sequence++) await post(target, sequence);
    await Promise.all([first.seen(24), second.seen(24)]);
    const report = await clientOf(target).report("i");
    deepEqual(first.report, report);
    deepEqual(second.report, report);
    equal(first.cursor, second.cursor);
    ok(first.names().includes("flow") && first.names().includes("summary"));
    const summaries = (watcher: Watcher) =>
      watcher.events.flatMap((one) => one.event === "summary" ? one.data : []);
    ok(summaries(first).every(({ nodes, differences }) => nodes !== undefined && !differences));
    ok(summaries(second).every(({ nodes, differences }) => nodes === undefined && differences));
    await Promise.all([first.leave(), second.leave()]);
  });

  test("a viewer that comes back is given what it lacks", async (target) => {
    const before = new Watcher(target);
    await before.seen(0);
    await post(target, 0);
    await before.seen(2);
    await before.leave();
    await post(target, 1);
    const after = new Watcher(target, { lastEventId: before.cursor! });
    after.report = before.report;
    await after.seen(4);
    deepEqual(after.report, await clientOf(target).report("i"));
    ok(!after.names().includes("report"), after.names().join());
    await after.leave();
  });

  test("a viewer with a cursor that is not kept begins anew", async (target) => {
    for (const cursor of ["nonsense", "0-0", "deadbeef.1-7", "x".repeat(5000)]) {
      const viewer = new Watcher(target, { lastEventId: cursor });
      await viewer.seen(0);
      deepEqual(viewer.names(), ["hello", "report"]);
      await viewer.leave();
    }
  });
}

/** A hop of a flow of its own. */
const flowLine = (flow: number, timeNs: number) =>
  hopLine(timeNs).replace("10.0.0.1", `10.0.${flow >> 8}.${flow & 255}`);

function manyContract(test: HttpTest): void {
  test("a change of very many flows is told by them alone, also to who comes back", async (t) => {
    const flows = Array.from({ length: 2_000 }, (_, flow) => flow);
    const changed = flows.slice(0, 700);
    await clientOf(t).postBatch("i", body({ sequence: 0 }, ...flows.map((i) => flowLine(i, i))));
    const viewer = new Watcher(t);
    await viewer.seen(2_000);
    const { report: before } = viewer;
    const later = changed.map((i) => flowLine(i, 2_000 + i));
    await clientOf(t).postBatch("i", body({ sequence: 1 }, ...later));
    await viewer.seen(2_700);
    const [, , ...told] = viewer.events;
    const all = [...changed.map(() => "flow"), "summary"];
    deepEqual(told.map(({ event }) => event), all);
    equal(new Set(told.map(({ cursor }) => cursor)).size, told.length);
    const whole = await clientOf(t).report("i");
    deepEqual(viewer.report, whole);
    for (const [at, lacking] of [[350, all], [699, ["summary"]]] as const) {
      const again = new Watcher(t, { lastEventId: told[at]!.cursor! });
      again.report = told.slice(0, at + 1).reduce(applyLive, before);
      await again.seen(2_700);
      deepEqual(again.names(), ["hello", ...lacking]);
      deepEqual(again.report, whole);
      await again.leave();
    }
    await viewer.leave();
  });
}

function changesContract(test: HttpTest): void {
  manyContract(test);
  test("flows that are gone are taken away", async (target) => {
    const viewer = new Watcher(target);
    await clientOf(target).postBatch("i", body({ sequence: 0 }, hopLine(1, 1), hopLine(2, 2)));
    await viewer.seen(2);
    await clientOf(target).postBatch("i", body({ sequence: 1 }, hopLine(3, 3), hopLine(4, 3)));
    await viewer.until((report) => report?.accounting.evicted === 2);
    deepEqual(viewer.report, await clientOf(target).report("i"));
    equal(viewer.report!.flows.length, 1);
    await viewer.leave();
  }, { limits: { store: { eventsPerIncidentMax: 2 } } });

  test("a viewer that does not read is told what it missed and makes up for it", async (target) => {
    const slow = await rawRequest(target, "GET /v1/incidents/i/live");
    await untilFigure(target, "viewers", 1);
    const quick = new Watcher(target);
    // Each change is 300 KB, so that the sockets between are full after some.
    for (let sequence = 0; sequence < 60; sequence++) {
      await post(target, sequence);
      await quick.seen(2 * (sequence + 1));
    }
    const wanted = `"events":120,`;
    const text = await readText(slow, (so) => so.includes(wanted) && so.endsWith("\n\n\r\n"));
    slow.close();
    const missed = [...text.matchAll(/event: missed\ndata: \{"count":(\d+)\}/g)];
    ok(missed.length >= 1, "it never was behind");
    const count = missed.reduce((sum, [, n]) => sum + Number(n), 0);
    equal(await figure(target, "missed_total"), count);
    ok(!quick.names().includes("missed"));
    await quick.leave();
  }, { limits: { viewerQueueMax: 20 }, analysis: "tally-large" });
}

function endContract(test: HttpTest): void {
  tokenEndContract(test);
  test("closing an incident ends its streams with the last report", async (target) => {
    const viewer = new Watcher(target);
    await viewer.seen(0);
    await post(target, 0);
    await clientOf(target).closeIncident("i");
    await viewer.until((_, { event }) => event === "end");
    deepEqual(viewer.report, await clientOf(target).report("i"));
    deepEqual(viewer.events.at(-1)!.data, { reason: "closed" });
    const late = new Watcher(target);
    await late.until(() => false);
    deepEqual(late.names(), ["hello", "report", "end"]);
    await untilFigure(target, "viewers", 0);
  });

  test("deleting an incident ends its streams", async (target) => {
    const viewer = new Watcher(target);
    await viewer.seen(0);
    await clientOf(target).deleteIncident("i");
    await viewer.until((_, { event }) => event === "end");
    deepEqual(viewer.events.at(-1)!.data, { reason: "deleted" });
    await problem(await ask(target, "GET", "/v1/incidents/i/live"), 404, "incident_missing");
  });

  test("a quiet stream begins at once and shows that it is alive", async (target) => {
    const connection = await rawRequest(target, "GET /v1/incidents/i/live");
    const text = await readText(connection, (so) => so.split(": still here\n\n").length > 2);
    connection.close();
    ok(/\r\ncontent-type: text\/event-stream/i.test(text), text);
    ok(text.includes(": lasthop live stream\n\n"));
    await untilFigure(target, "viewers", 0);
  });

  test("viewers beyond the limit are refused, and HEAD is none", async (target) => {
    const head = await ask(target, "HEAD", "/v1/incidents/i/live");
    equal(head.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const viewer = new Watcher(target);
    await viewer.seen(0);
    const response = await ask(target, "GET", "/v1/incidents/i/live");
    equal(response.headers.get("retry-after"), "10");
    await problem(response, 503, "viewers_full");
    await viewer.leave();
    await untilFigure(target, "viewers", 0);
  }, { limits: { viewersMax: 1 } });
}

interface Watched {
  token: string;
  watcher: Watcher;
}

function tokenEndContract(test: HttpTest): void {
  const watch = async (target: Target, expiresInSeconds?: number) => {
    const wanted = { role: "viewer", ...(expiresInSeconds && { expiresInSeconds }) } as const;
    const { id, token } = await clientOf(target).createToken("i", wanted);
    const watcher = new Watcher(target, { token });
    await watcher.seen(0);
    return { id, token, watcher };
  };
  /** Ends without an `end`, as any stream that broke; whoever tries again is told why. */
  const isRefused = async (target: Target, { watcher, token }: Watched, code: string) => {
    await watcher.until(() => false);
    deepEqual(watcher.names(), ["hello", "report"]);
    const again = await refusal(new Watcher(target, { token }).until(() => false));
    deepEqual([again.status, again.code], [401, code]);
  };

  test("a stream ends soon after its token was revoked, others go on", async (target) => {
    const gone = await watch(target);
    const stays = await watch(target);
    await clientOf(target).deleteToken("i", gone.id);
    await isRefused(target, gone, "token_wrong");
    await post(target, 0);
    await stays.watcher.seen(2);
    await stays.watcher.leave();
    await untilFigure(target, "viewers", 0);
  }, { limits: { tokenCheckMs: 100 } });

  test("a stream ends soon after its token expired", async (target) => {
    await isRefused(target, await watch(target, 1), "token_expired");
    await untilFigure(target, "viewers", 0);
  }, { limits: { tokenCheckMs: 100 } });

  test("who was away for longer than changes are kept is given all, not a part", async (t) => {
    const before = new Watcher(t);
    await before.seen(0);
    const other = new Watcher(t);
    await other.seen(0);
    await before.leave();
    for (let sequence = 0; sequence < 6; sequence++) {
      await post(t, sequence);
      await other.seen(2 * (sequence + 1));
    }
    const after = new Watcher(t, { lastEventId: before.cursor! });
    after.report = before.report;
    await after.seen(12);
    deepEqual(after.names(), ["hello", "report"]);
    deepEqual(after.report, other.report);
    await Promise.all([after.leave(), other.leave()]);
  }, { limits: { changesKeptMax: 3 } });
}
