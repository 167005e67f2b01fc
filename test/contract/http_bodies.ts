/** Bodies of senders that are careless, slow, gone or hostile. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { HttpTest } from "./http.ts";
import { body, dropLine, hopLine } from "./lines.ts";
import {
  ask,
  clientOf,
  figure,
  gzip,
  postLines,
  problem,
  rawRequest,
  readText,
  untilFigure,
  writeAll,
} from "./target.ts";

const GZIP = { "content-encoding": "gzip" };
const POST = "POST /v1/incidents/i/batches";

/** A body of zeros, compressed: a thousandth of what it becomes. */
const bombOf = (mebibytes: number) => gzip(new Uint8Array(mebibytes * 1024 * 1024));

export function bodiesContract(test: HttpTest): void {
  encodingContract(test);
  senderContract(test);
  rateContract(test);
  test("a gzip bomb stops at the limit", async (target) => {
    const bomb = await bombOf(64);
    ok(bomb.length < 100_000);
    const { detail } = await problem(
      await postLines(target, "i", bomb, GZIP),
      413,
      "body_too_large",
    );
    match(String(detail), /more than 1048576 bytes after decompression/);
  }, { limits: { bodyBytesMax: 1024 * 1024 } });

  test("of a body that turns out too large, the whole batches before are kept", async (target) => {
    const first = body({ sequence: 0 }, hopLine(1));
    const rest = body({ sequence: 1 }, ...Array.from({ length: 2000 }, (_, i) => hopLine(i)));
    const answer = await problem(await postLines(target, "i", first + rest), 413, "body_too_large");
    deepEqual([answer.accepted, answer.events], [1, 1]);
    equal((await clientOf(target).report("i")).accounting.events, 1);
  }, { limits: { bodyBytesMax: 65_536 } });

  test("a body that is too large as sent is refused", async (target) => {
    const noise = crypto.getRandomValues(new Uint8Array(60_000));
    const sent = await gzip(noise);
    await problem(await postLines(target, "i", sent, GZIP), 413, "body_too_large");
  }, { limits: { bodyCompressedBytesMax: 30_000 } });

  test("a cut gzip body keeps its whole batches, and the cut one can be sent again", async (t) => {
    const lines = Array.from({ length: 500 }, (_, i) => hopLine(i * 7919, i % 200));
    const first = body({ sequence: 0 }, ...lines);
    const second = body(
      { sequence: 1 },
      dropLine(1),
      ...lines.map((l) => l.replace("eth0", "eth1")),
    );
    const whole = await gzip(first + second);
    const cut = whole.slice(0, whole.length - 200);
    const answer = await problem(await postLines(t, "i", cut, GZIP), 400, "gzip_broken");
    deepEqual([answer.accepted, answer.events], [1, 500]);
    const again = await (await postLines(t, "i", whole, GZIP)).json();
    deepEqual([again.accepted, again.duplicates, again.events], [1, 1, 501]);
  });
}

function encodingContract(test: HttpTest): void {
  test("what is no gzip, several gzips, or another encoding is refused", async (target) => {
    const sent = body({}, hopLine(1));
    await problem(await postLines(target, "i", sent, GZIP), 400, "gzip_broken");
    const member = await gzip(sent);
    const twice = new Uint8Array([...member, ...member]);
    await problem(await postLines(target, "i", twice, GZIP), 400, "gzip_broken");
    const zstd = { "content-encoding": "zstd" };
    await problem(await postLines(target, "i", sent, zstd), 415, "encoding_unsupported");
  });

  test("a line that is too long is refused alone", async (target) => {
    const sent = body({}, hopLine(1), "x".repeat(3000), hopLine(2), "y".repeat(2001));
    const answer = await (await postLines(target, "i", sent)).json();
    deepEqual([answer.accepted, answer.events, answer.refusedTotal], [1, 2, 2]);
    match(answer.refused[0].reason, /3000 characters long, must be at most 2000/);
  }, { limits: { lineCharsMax: 2000 } });

  test("lines beyond what a batch may have are refused and counted", async (target) => {
    const lines = Array.from({ length: 15 }, (_, i) => hopLine(i));
    const answer = await (await postLines(target, "i", body({}, ...lines))).json();
    deepEqual([answer.events, answer.refusedTotal], [10, 5]);
    equal((await clientOf(target).report("i")).accounting.refused, 5);
  }, { limits: { linesPerBatchMax: 10 } });
}

function senderContract(test: HttpTest): void {
  test("a sender that goes away in the middle loses only what it had not finished", async (t) => {
    const sent = body({ sequence: 0 }, hopLine(1)) + body({ sequence: 1 }, hopLine(2));
    const connection = await rawRequest(t, POST, { "content-length": String(sent.length + 100) });
    await writeAll(connection, sent);
    await untilFigure(t, "batches_total", 1);
    connection.close();
    const answer = await (await postLines(t, "i", sent)).json();
    deepEqual([answer.accepted, answer.duplicates], [1, 1]);
    equal(await figure(t, "failures_total"), 0);
  });

  test("a sender that falls silent is told so", async (target) => {
    const sent = body({ sequence: 0 }, hopLine(1));
    const connection = await rawRequest(target, POST, { "content-length": "1000" });
    await writeAll(connection, sent);
    const answer = await readText(connection, (text) => text.includes('"refusedTotal"'));
    connection.close();
    match(answer, /^HTTP\/1\.1 408 /);
    match(answer, /"code":"body_slow"/);
    equal((await (await postLines(target, "i", sent)).json()).accepted, 1);
  }, { limits: { bodyIdleMs: 30 } });

  test("a sender that drips is cut off in the end", async (target) => {
    const connection = await rawRequest(target, POST, { "content-length": "100000" });
    const answer = readText(connection, (text) => text.includes("body_slow"));
    const drip = (async () => {
      for (;;) await writeAll(connection, "x").then(() => figure(target, "viewers"));
    })().catch(() => {});
    match(await answer, /^HTTP\/1\.1 408 /);
    connection.close();
    await drip;
  }, { limits: { bodyIdleMs: 10_000, bodyTotalMs: 100 } });
}

function rateContract(test: HttpTest): void {
  test("only so many bodies are read at once", async (target) => {
    const open = await rawRequest(target, POST, { "content-length": "1000" });
    await writeAll(open, body({ sequence: 0 }, hopLine(1)) + body({ sequence: 1 }, hopLine(1)));
    await untilFigure(target, "batches_total", 1);
    const busy = await postLines(target, "i", body({ sequence: 2 }, hopLine(2)));
    equal(busy.headers.get("retry-after"), "1");
    await problem(busy, 503, "busy");
    open.close();
  }, { limits: { bodiesInFlightMax: 1, bodyWaitMs: 30 } });

  test("a body waits for those that are being read, and is read then", async (target) => {
    const open = await rawRequest(target, POST, { "content-length": "1000" });
    await writeAll(open, body({ sequence: 0 }, hopLine(1)) + body({ sequence: 1 }, hopLine(1)));
    await untilFigure(target, "batches_total", 1);
    const waiting = [2, 3, 4].map((sequence) =>
      postLines(target, "i", body({ sequence }, hopLine(2)))
    );
    open.close();
    for (const answer of await Promise.all(waiting)) equal((await answer.json()).accepted, 1);
  }, { limits: { bodiesInFlightMax: 1, bodyWaitMs: 30_000 } });

  test("who asks too often is told when to come back", async (target) => {
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) {
      const response = await ask(target, "GET", "/v1/incidents/i");
      statuses.push(response.status);
      if (response.status !== 429) await response.body?.cancel();
      else {
        equal(response.headers.get("retry-after"), "100");
        await problem(response, 429, "rate_limited");
      }
    }
    deepEqual(statuses, [200, 200, 200, 200, 429, 429]);
    equal(await (await fetch(`${target.url}/healthz`)).text(), "ok\n");
  }, { limits: { requestsPerSecond: 0.01, requestsBurst: 5 } });

  test("JSON bodies are read strictly", async (target) => {
    const create = (text: string) => ask(target, "POST", "/v1/incidents", { body: text });
    await problem(await create("{"), 400, "json_broken");
    await problem(await create('{"id":"../etc"}'), 400, "body_invalid");
    await problem(await create('{"id":"ok","unknown":1}'), 400, "body_invalid");
    await problem(await create("[]"), 400, "body_invalid");
    await problem(await create(`{"title":"${"x".repeat(100_000)}"}`), 413, "body_too_large");
    const made = await create("");
    equal(made.status, 201);
    match((await made.json()).id, /^[0-9a-f-]{36}$/);
  });
}
