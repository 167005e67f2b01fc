/** One file out, the same report in. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { HttpTest } from "./http.ts";
import { body, dropLine, hopLine, stateLine } from "./lines.ts";
import { ask, clientOf, gunzip, gzip, postLines, problem, refusal, type Target } from "./target.ts";

const bytesOf = async (target: Target, incident: string) =>
  new Uint8Array(
    await new Response(await clientOf(target).downloadArchive(incident)).arrayBuffer(),
  );

const reportText = async (target: Target, incident: string) =>
  await (await ask(target, "GET", `/v1/incidents/${incident}/report`)).text();

async function fill(target: Target, batches: number): Promise<void> {
  for (let sequence = 0; sequence < batches; sequence++) {
    const lines = Array.from({ length: 40 }, (_, i) => hopLine(sequence * 7919 + i * 31, i % 9));
    const sent = body({ sequence }, ...lines, dropLine(sequence), stateLine(sequence), "broken");
    await (await postLines(target, "i", sent)).body?.cancel();
  }
}

export function archiveContract(test: HttpTest): void {
  cutContract(test);
  test("an archive, imported, reports byte for byte the same", async (target) => {
    await fill(target, 12);
    await clientOf(target).closeIncident("i");
    const report = await reportText(target, "i");
    const before = await clientOf(target).getIncident("i");
    const file = await bytesOf(target, "i");
    await clientOf(target).deleteIncident("i");
    const { complete, incident, refusedTotal } = await clientOf(target).uploadArchive("i", file);
    deepEqual([complete, refusedTotal], [true, 0]);
    ok(incident.importedAt !== null && incident.importedAt > incident.createdAt);
    equal(await reportText(target, "i"), report);
    const { title, filter, createdAt, closedAt, counters } = incident;
    deepEqual({ title, filter, createdAt, closedAt }, {
      title: "<b>one</b>",
      filter: "icmp",
      createdAt: before.createdAt,
      closedAt: before.closedAt,
    });
    deepEqual(counters, before.counters);
    equal(await gunzip(await bytesOf(target, "i")), await gunzip(file));
  });

  test("also with what was evicted, of an incident that goes on, under a new name", async (t) => {
    await fill(t, 12);
    const file = await bytesOf(t, "i");
    await clientOf(t).uploadArchive("copy", file);
    const report = JSON.parse(await reportText(t, "i"));
    ok(report.accounting.evicted >= 12 * 41 - 100);
    deepEqual(JSON.parse(await reportText(t, "copy")), { ...report, incident: "copy" });
    const more = body({ incident: "copy", sequence: 99 }, hopLine(1));
    equal((await clientOf(t).postBatch("copy", more)).accepted, 1);
  }, { limits: { store: { eventsPerIncidentMax: 100 } } });

  for (const useless of ["x\n", "\n"]) {
    const lines = useless === "\n" ? "empty" : "refused";
    test(`an archive of ${lines} lines without end is given up, and leaves nothing`, async (t) => {
      await fill(t, 1);
      const text = await gunzip(await bytesOf(t, "i")) + useless.repeat(5_000);
      await rejects(clientOf(t).uploadArchive("copy", new TextEncoder().encode(text)), {
        code: "lines_refused",
      });
      await rejects(clientOf(t).getIncident("copy"), { code: "incident_missing" });
    }, { limits: { archiveUselessLinesMax: 2_000 } });
  }

  test("also with what no batch can tell was lost", async (target) => {
    const states = [1, 2].map((time) => stateLine(time, time, { a: "x".repeat(200) }));
    for (const [sequence, state] of states.entries()) {
      await (await postLines(target, "i", body({ sequence }, state))).body?.cancel();
    }
    const stray = body({ sequence: 2, incident: "another" }, hopLine(1), hopLine(2));
    await problem(await postLines(target, "i", stray), 422, "nothing_accepted");
    const { strayLines, evictedStates } = (await clientOf(target).report("i")).accounting;
    deepEqual([strayLines, evictedStates], [3, 1]);
    const report = JSON.parse(await reportText(target, "i"));
    await clientOf(target).uploadArchive("copy", await bytesOf(target, "i"));
    deepEqual(JSON.parse(await reportText(target, "copy")), { ...report, incident: "copy" });
  }, { limits: { store: { stateBytesPerIncidentMax: 300 } } });

  test("the file is lines that people can read and write", async (target) => {
    await fill(target, 2);
    const text = await gunzip(await bytesOf(target, "i"));
    const [first, second] = text.split("\n").map((line) =>
      line.startsWith("{") && JSON.parse(line)
    );
    deepEqual([first.kind, first.version, first.incident, first.batches], ["archive", 1, "i", 2]);
    deepEqual([second.kind, second.sequence, second.ingest], ["batch", 0, {
      refused: 1,
      evicted: 0,
    }]);
    equal(
      (await clientOf(target).uploadArchive("plain", new TextEncoder().encode(text))).complete,
      true,
    );
  });
}

function cutContract(test: HttpTest): void {
  test("a file cut anywhere says how much is whole, and imports nothing", async (target) => {
    await fill(target, 12);
    const file = await bytesOf(target, "i");
    for (const part of [0.05, 0.3, 0.5, 0.8, 0.99]) {
      const cut = file.slice(0, Math.floor(file.length * part));
      const error = await refusal(clientOf(target).uploadArchive("cut", cut));
      match(error.message, /of 12 batches are whole .*nothing was imported|first line|empty/);
      const missing = await ask(target, "GET", "/v1/incidents/cut");
      await problem(missing, 404, "incident_missing");
    }
    deepEqual((await clientOf(target).listIncidents()).map(({ id }) => id), ["i"]);
  });

  test("of a cut file the whole batches are imported when asked for", async (target) => {
    await fill(target, 12);
    const file = await bytesOf(target, "i");
    const cut = file.slice(0, Math.floor(file.length * 0.7));
    const { whole } = (await refusal(clientOf(target).uploadArchive("cut", cut))).problem;
    const answer = await clientOf(target).uploadArchive("cut", cut, { partial: true });
    deepEqual([answer.accepted, answer.expected, answer.complete], [whole, 12, false]);
    equal(answer.incident.counters.batches, whole);
    equal((await clientOf(target).report("cut")).accounting.refused, whole);
  });

  test("a decompressed file cut between lines misses the batch it was cut in", async (target) => {
    await fill(target, 3);
    const lines = (await gunzip(await bytesOf(target, "i"))).split("\n");
    const second = lines.findIndex((line) => line.includes('"sequence":1'));
    const cut = new TextEncoder().encode(lines.slice(0, second + 5).join("\n") + "\n");
    const error = await refusal(clientOf(target).uploadArchive("cut", cut));
    match(error.message, /: 1 of 3 batches are whole, must be all of them; nothing was imported/);
    const answer = await clientOf(target).uploadArchive("cut", cut, { partial: true });
    deepEqual([answer.accepted, answer.complete], [1, false]);
  });

  test("what is no archive, or a newer one, or one too many is refused", async (target) => {
    const upload = (text: string, id = "new") =>
      ask(target, "POST", `/v1/incidents/${id}/archive`, { body: text });
    await problem(await upload("hello"), 400, "archive_unreadable");
    await problem(await upload(""), 400, "archive_unreadable");
    await problem(await upload(body({}, hopLine(1))), 400, "archive_unreadable");
    const header = { kind: "archive", version: 2 };
    const newer = await problem(await upload(JSON.stringify(header)), 400, "archive_unreadable");
    match(String(newer.detail), /its version is 2, must be 1/);
    const whole = { kind: "archive", version: 1, incident: "x", title: "", filter: "nonsense" };
    const rest = { closed: true, createdMs: 1, closedMs: 2, batches: 0 };
    const filtered = await upload(JSON.stringify({ ...whole, ...rest }));
    match(String((await problem(filtered, 400, "archive_unreadable")).detail), /filter/);
    await problem(await upload("x", "i"), 409, "incident_exists");
    const bomb = await gzip("x".repeat(200_000));
    const path = "/v1/incidents/new/archive";
    await problem(await ask(target, "POST", path, { body: bomb }), 413, "body_too_large");
    await problem(await ask(target, "GET", "/v1/incidents/new"), 404, "incident_missing");
  }, { limits: { archiveBytesMax: 100_000 } });
}
