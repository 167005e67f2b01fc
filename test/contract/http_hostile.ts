/**
 * Clients that mean harm, or are broken as if they did. They get clear errors; a probe and a viewer
 * beside them go on as if nobody else were there.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { unharmed } from "./bystanders.ts";
import type { HttpTest } from "./http.ts";
import { hostileTextContract } from "./http_hostile_text.ts";
import { body, hopLine } from "./lines.ts";
import {
  ask,
  clientOf,
  gzip,
  postLines,
  problem,
  rawRequest,
  readText,
  type Target,
  writeAll,
} from "./target.ts";

const GZIP = { "content-encoding": "gzip" };
const POST = "POST /v1/incidents/i/batches";
const MIB = 1024 * 1024;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const times = <T>(count: number, make: (i: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));
const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

export function hostileContract(test: HttpTest): void {
  strangerContract(test);
  bodyContract(test);
  senderContract(test);
  linesContract(test);
  hostileTextContract(test);
}

function strangerContract(test: HttpTest): void {
  test("wrong, malformed, revoked and foreign tokens write and read nothing", async (target) => {
    const root = clientOf(target);
    await root.createIncident({ id: "theirs" });
    const revoked = await root.createToken("i", { role: "operator" });
    await root.deleteToken("i", revoked.id);
    const foreign = await root.createToken("theirs", { role: "operator" });
    const [, id, secret] = revoked.token.split(".");
    const wrong = [
      revoked.token,
      `lh.${id}.${secret!.slice(1)}`,
      `lh.${foreign.id}.${secret}`,
      `lh.${"x".repeat(4000)}.y`,
      "lh.__proto__.x",
      `${target.rootToken}\u00e9`,
      target.rootToken.slice(0, -1),
    ];
    await unharmed(target, async () => {
      for (const token of [...wrong, foreign.token]) {
        const isForeign = token === foreign.token;
        const [status, code] = isForeign ? [403, "token_other_incident"] : [401, "token_wrong"];
        for (const path of ["", "/report", "/live", "/archive", "/audit", "/tokens"]) {
          const headers = bearer(token);
          const response = await ask(target, "GET", `/v1/incidents/i${path}`, { headers });
          await problem(response, Number(status), String(code));
        }
        const sent = await postLines(target, "i", body({}, hopLine(1)), bearer(token));
        await problem(sent, Number(status), String(code));
      }
      for (const malformed of ["Bearer", "Bearer a b", "bearer", "Basic eDp5", "Bearer \ta"]) {
        const headers = { authorization: malformed };
        await problem(
          await ask(target, "GET", "/v1/incidents", { headers }),
          401,
          "token_malformed",
        );
      }
    });
    equal((await root.getIncident("i")).counters.batches, 0);
  });

  test("a probe's token can write to its incident, and that is all", async (target) => {
    const root = clientOf(target);
    await root.createIncident({ id: "theirs" });
    const { token } = await root.createToken("i", { role: "probe" });
    await unharmed(target, async () => {
      const there = body({ incident: "theirs" }, hopLine(1));
      await problem(
        await postLines(target, "theirs", there, bearer(token)),
        403,
        "token_other_incident",
      );
      // A header that names another incident than the path is refused with its lines.
      const here = await postLines(target, "i", there, bearer(token));
      await problem(here, 422, "nothing_accepted");
      const reads = ["", "/report", "/live", "/archive", "/audit", "/tokens", "/flows/x"];
      for (const path of reads) {
        const headers = bearer(token);
        const response = await ask(target, "GET", `/v1/incidents/i${path}`, { headers });
        await problem(response, 403, "role_insufficient");
      }
    });
    equal((await root.getIncident("theirs")).counters.batches, 0);
    equal((await root.getIncident("theirs")).counters.strayLines, 0);
  });

  test("paths, methods and headers that nobody should send get clear answers", async (target) => {
    const ids = ["..%2f..%2fetc", "%00", "%ff%fe", "%", "i%0d%0ax", "x".repeat(5000), "%3Cimg%3E"];
    await unharmed(target, async () => {
      for (const id of ids) {
        for (const rest of ["", "/report", "/live", "/archive", "/audit"]) {
          const response = await ask(target, "GET", `/v1/incidents/${id}${rest}`);
          await problem(response, 404, "incident_missing");
        }
      }
      for (const method of ["PUT", "PATCH", "DELETE"]) {
        await problem(await ask(target, method, "/v1/incidents"), 404, "path_missing");
      }
      await problem(await ask(target, "GET", "/v1/../../etc/passwd"), 404, "path_missing");
      const flow = encodeURIComponent("<script>".repeat(500));
      const missing = await ask(target, "GET", `/v1/incidents/i/flows/${flow}`);
      ok(String((await problem(missing, 404, "flow_missing")).detail).length < 500);
      for (const encoding of ["gzip, gzip", "br", "deflate", "x".repeat(4000)]) {
        const sent = await postLines(target, "i", "x", { "content-encoding": encoding });
        await problem(sent, 415, "encoding_unsupported");
      }
    });
  });
}

function bodyContract(test: HttpTest): void {
  test("oversized and bomb-compressed bodies stop at the limit", async (target) => {
    const zeros = await gzip(new Uint8Array(64 * MIB));
    // Few lines, so that no other bound is met before that of the bytes.
    const ballast = times(64, () => "x".repeat(MIB));
    const batches = await gzip(
      body({ sequence: 0 }, hopLine(1)) + body({ sequence: 1 }, ...ballast),
    );
    const noise = crypto.getRandomValues(new Uint8Array(65_536));
    const large = new Uint8Array(3 * MIB).map((_, i) => noise[i % noise.length]!);
    await unharmed(target, async () => {
      await Promise.all(times(12, async () => {
        await problem(await postLines(target, "i", zeros, GZIP), 413, "body_too_large");
      }));
      const sent = await postLines(target, "i", batches, GZIP);
      const answer = await problem(sent, 413, "body_too_large");
      deepEqual([Number(answer.accepted) + Number(answer.duplicates), answer.events], [1, 1]);
      await problem(await postLines(target, "i", large), 413, "body_too_large");
      // A bomb inside a bomb is not unpacked twice: its lines are no lines.
      const twice = await gzip(await gzip(body({}, hopLine(1))));
      await problem(await postLines(target, "i", twice, GZIP), 422, "nothing_accepted");
    });
  }, { limits: { bodyBytesMax: 4 * MIB, bodyCompressedBytesMax: 2 * MIB } });

  test("JSON nested 100,000 deep is refused wherever JSON is read", async (target) => {
    const nested = deep(100_000);
    await unharmed(target, async () => {
      for (const path of ["/v1/incidents", "/v1/incidents/i/tokens"]) {
        const whole = await ask(target, "POST", path, { body: nested.slice(70_000, 130_000) });
        await problem(whole, 400, "body_invalid");
        const inside = await ask(target, "POST", path, { body: `{"id":${deep(20_000)}}` });
        await problem(inside, 400, "body_invalid");
      }
      const header = JSON.stringify(JSON.parse(body({}).trim()));
      const strange = `${header.slice(0, -1)},"more":${nested}}`;
      const broken = header.replace('"scripts":[', `"scripts":[${nested},`);
      for (const [sequence, line] of [strange, broken].entries()) {
        const sent = line.replace('"sequence":0', `"sequence":${sequence}`);
        const response = await postLines(target, "i", `${sent}\n${hopLine(1)}\n`);
        const { refused, refusedTotal } = await response.json();
        ok([200, 422].includes(response.status), String(response.status));
        ok(refusedTotal === 0 || refused[0].reason.length > 10);
      }
      const kinds = ["state", "drop", "batch", "archive", "none"];
      const lines = kinds.map((kind) => `{"kind":"${kind}","links":${nested}}`);
      const answer = await postLines(target, "i", body({ sequence: 9 }, ...lines));
      equal((await answer.json()).refusedTotal, lines.length);
      const archive = { kind: "archive", version: 1, incident: "x", title: "", filter: "" };
      const more = { closed: false, createdMs: 1, closedMs: null, batches: 1 };
      const first = JSON.stringify({ ...archive, ...more });
      const marked = `${header.slice(0, -1)},"ingest":{},"more":${nested}}`;
      for (const text of [`${first.slice(0, -1)},"more":${nested}}`, `${first}\n${marked}`]) {
        const response = await ask(target, "POST", "/v1/incidents/x/archive", { body: text });
        ok(response.status === 201 || response.status === 400, `${response.status}`);
        await response.body?.cancel();
        if (response.status === 201) await clientOf(target).deleteIncident("x");
      }
    });
  });
}

function senderContract(test: HttpTest): void {
  test("half-open bodies and slow senders end, and hold nobody up", async (target) => {
    const head = body({ sequence: 0 }, hopLine(1));
    const open = (headers: Record<string, string>) => rawRequest(target, POST, headers);
    await unharmed(target, async () => {
      const silent = await Promise.all(times(10, () => open({ "content-length": "1000" })));
      const begun = await Promise.all(times(10, () => open({ "content-length": "100000" })));
      for (const connection of begun) await writeAll(connection, head);
      const gone = await Promise.all(times(10, () => open({ "content-length": "1000" })));
      for (const connection of gone) connection.close();
      const chunked = await open({ "transfer-encoding": "chunked" });
      await writeAll(chunked, "5\r\nabcde\r\n");
      for (const connection of [...silent, ...begun, chunked]) {
        match(await readText(connection, (so) => so.includes("body_slow")), /^HTTP\/1\.1 408 /);
        connection.close();
      }
    });
    equal((await (await postLines(target, "i", head)).json()).accepted, 1);
  }, { limits: { bodyIdleMs: 200, bodyTotalMs: 2000 } });

  test("who drips is cut off soon, whatever the time for a whole body is", async (target) => {
    const connection = await rawRequest(target, POST, { "content-length": "100000" });
    const answer = readText(connection, (text) => text.includes("body_slow"));
    const drip = (async () => {
      for (;;) {
        await writeAll(connection, "x").then(() => ask(target, "GET", "/healthz"))
          .then((response) => response.text());
      }
    })().catch(() => {});
    match(await answer, /^HTTP\/1\.1 408 /);
    connection.close();
    await drip;
  }, { limits: { bodyIdleMs: 300, bodyTotalMs: 3_600_000, bodyBytesPerSecondMin: 1e9 } });

  test("one token's half-open bodies leave room for others", async (target) => {
    const { token } = await clientOf(target).createToken("i", { role: "probe" });
    const headers = { "content-length": "1000", ...bearer(token) };
    const open = await Promise.all(times(4, () => rawRequest(target, POST, headers)));
    for (const [sequence, connection] of open.entries()) {
      // The first batch is stored when the second begins: then this one is being read for certain.
      await writeAll(connection, body({ sequence: 2 * sequence }) + body({ sequence: 1 }));
    }
    await untilBatches(target, 4);
    const busy = await postLines(target, "i", body({ sequence: 100 }), bearer(token));
    equal(busy.headers.get("retry-after"), "1");
    await problem(busy, 503, "busy");
    await unharmed(target, async () => {});
    for (const connection of open) connection.close();
  }, { limits: { bodiesInFlightMax: 8, bodiesPerTokenMax: 4, bodyWaitMs: 30 } });
}

async function untilBatches(target: Target, count: number): Promise<void> {
  for (;;) {
    const { counters } = await clientOf(target).getIncident("i");
    if (counters.batches === count) return;
  }
}

function linesContract(test: HttpTest): void {
  test("10,000 broken lines of every kind cost their sender alone", async (target) => {
    const good = hopLine(1);
    const random = crypto.getRandomValues(new Uint8Array(64));
    const kinds = [
      () => "",
      (i: number) => "x".repeat(i % 300),
      (i: number) => good.slice(0, i % good.length),
      (i: number) => good.replace("\t", "\t".repeat(i % 90)),
      (i: number) => `{"kind":"drop","timeNs":"${i}"`,
      (i: number) => String.fromCharCode(...random.map((byte) => (byte + i) & 0x7f | 1)),
      (i: number) => JSON.stringify({ kind: "batch", sequence: i }),
      (i: number) => `{"kind":"state","netns":${i}e400}`,
    ];
    const broken = times(10_000, (i) => kinds[i % kinds.length]!(i).replaceAll("\n", " "));
    await unharmed(target, async () => {
      for (let sequence = 0; sequence < 3; sequence++) {
        const sent = body({ sequence: 2 * sequence }, good, ...broken) +
          body({ sequence: 2 * sequence + 1 }, good);
        const answer = await (await postLines(target, "i", sent)).json();
        deepEqual([answer.accepted, answer.refused.length], [2, 100]);
        ok(answer.refusedTotal > 7000, `${answer.refusedTotal} refused`);
        for (const { reason } of answer.refused) ok(reason.length < 1000, reason);
      }
    });
    const { accounting } = await clientOf(target).report("i");
    ok(accounting.refused + (accounting.strayLines ?? 0) > 21_000);
  });
}
