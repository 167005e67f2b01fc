/** What becomes of a POSTed body: good lines are kept, bad ones named, nothing half done. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { BatchAnswer } from "../../src/ingest/intake/accept.ts";
import { decodeLine } from "../../src/event/codec.ts";
import { eventToJson } from "../../src/event/codec.ts";
import type { HttpTest } from "./http.ts";
import { body, dropLine, headerLine, hopLine, stateLine } from "./lines.ts";
import { ask, clientOf, gzip, postLines, problem, type Target } from "./target.ts";

const jsonLine = (tsv: string) => {
  const decoded = decodeLine(tsv);
  if (decoded.type !== "event") throw new Error("Not an event");
  return eventToJson(decoded.event);
};

async function answerOf(response: Response): Promise<BatchAnswer> {
  const text = await response.text();
  equal(response.status, 200, text);
  return BatchAnswer.parse(JSON.parse(text));
}

const reportOf = (target: Target) => clientOf(target).report("i");

export function batchesContract(test: HttpTest): void {
  refusalContract(test);
  repetitionContract(test);
  hostileContract(test);
  test("acknowledged events are in the report", async (target) => {
    const sent = body({}, hopLine(1), dropLine(2), stateLine(3));
    const answer = await answerOf(await postLines(target, "i", sent));
    const expected = { accepted: 1, duplicates: 0, events: 2, states: 1, refused: [] };
    deepEqual(answer, { ...expected, refusedTotal: 0, stateDifferences: true });
    const { accounting, flows } = await reportOf(target);
    equal(accounting.events, 2);
    equal(flows[0]!.packets.dropped, 1);
  });

  test("a relay's body: each sender is answered for itself, by its own token", async (target) => {
    const client = clientOf(target);
    await client.createIncident({ id: "j" });
    const tokenOf = async (id: string) => (await client.createToken(id, { role: "probe" })).token;
    const [i, j] = [await tokenOf("i"), await tokenOf("j")];
    const { token: code } = await client.createToken("i", { role: "join" });
    const sender = (incident: string, token: string) =>
      `${JSON.stringify({ kind: "sender", version: 1, incident, token })}\n`;
    const sent = [
      sender("i", i) + body({ sequence: 0 }, hopLine(1)) + body({ sequence: 1 }, hopLine(2)),
      sender("i", j) + body({ sequence: 2 }, hopLine(3)),
      sender("j", j) + body({ sequence: 0, incident: "j" }, hopLine(4), dropLine(5)),
      sender("i", "lh.no.body") + body({ sequence: 3 }),
      sender("i", i) + body({ sequence: 0 }, hopLine(1)),
      sender("i", i),
      sender("i", code) + body({ sequence: 4 }),
    ].join("");
    const post = (text: string) =>
      ask(target, "POST", "/v1/relayed", { body: text, headers: { authorization: `Bearer ${i}` } });
    const { senders } = await (await post(sent)).json();
    deepEqual(senders.map((one: Record<string, unknown>) => one.code ?? one.accepted), [
      ...[2, "token_other_incident", 1, "token_wrong", 0, "nothing_accepted", "token_wrong"],
    ]);
    // A code to join with is told from a guess by nothing.
    equal(senders[6].detail, senders[3].detail);
    deepEqual([senders[2].events, senders[4].duplicates], [2, 1]);
    equal((await client.getIncident("i")).counters.batches, 2);
    await problem(await post("x\n"), 422, "relayed_malformed");
    await problem(await post(sender("i", i).replace(":1,", ":2,")), 422, "relayed_malformed");
  });

  test("JSON or tab-separated, gzip or not, on /batches or /state: it is the same", async (t) => {
    const lines = [hopLine(1), dropLine(2)];
    await answerOf(await postLines(t, "i", body({ sequence: 0 }, ...lines)));
    const once = await reportOf(t);
    const mixed = body({ sequence: 1 }, jsonLine(lines[0]!), lines[1]!);
    const compressed = { "content-encoding": "gzip" };
    await answerOf(await postLines(t, "i", await gzip(mixed), compressed));
    const path = "/v1/incidents/i/state";
    const byState = body({ sequence: 2 }, ...lines.map(jsonLine), stateLine(3));
    equal((await answerOf(await ask(t, "POST", path, { body: byState }))).states, 1);
    deepEqual(await reportOf(t), once);
  });

  test("several batches in one body are each taken for themselves", async (target) => {
    await answerOf(await postLines(target, "i", body({ sequence: 1 }, hopLine(1))));
    const bodies = [0, 1, 2].map((sequence) => body({ sequence }, hopLine(sequence)));
    const answer = await answerOf(await postLines(target, "i", bodies.join("\n")));
    deepEqual([answer.accepted, answer.duplicates, answer.events], [2, 1, 2]);
  });
}

function refusalContract(test: HttpTest): void {
  test("bad lines are refused one by one, with number and reason", async (target) => {
    const bad = [
      "nonsense",
      `${hopLine(1).replace("eth0", "a".repeat(16))}`,
      jsonLine(hopLine(1)).replace('"timeNs":"1"', '"timeNs":1'),
      '{"kind":"device-rx","timeNs":"1"',
      '{"kind":"state","timeNs":"1"}',
      "[]",
      "null",
    ];
    const sent = body({}, hopLine(1), ...bad, dropLine(2));
    const answer = await answerOf(await postLines(target, "i", sent));
    deepEqual([answer.accepted, answer.events, answer.refusedTotal], [1, 2, bad.length]);
    deepEqual(answer.refused.map(({ line }) => line), bad.map((_, i) => i + 3));
    for (const { reason } of answer.refused) ok(reason.length > 10, reason);
    match(answer.refused[0]!.reason, /"kind" is "nonsense", must be one of/);
    const { accounting } = await reportOf(target);
    deepEqual([accounting.events, accounting.refused], [2, bad.length]);
  });

  test("a bad header refuses its batch only", async (target) => {
    const sent = [
      hopLine(1),
      headerLine({ sequence: 0 }).replace('"sequence":0', '"sequence":-1'),
      hopLine(2),
      headerLine({ sequence: 1 }),
      hopLine(3),
      headerLine({ sequence: 2 }).slice(0, -5),
      hopLine(4),
      headerLine({ sequence: 3, incident: "other" }),
      hopLine(5),
      headerLine({ sequence: 4 }),
      hopLine(6),
    ];
    const answer = await answerOf(await postLines(target, "i", sent.join("\n")));
    deepEqual([answer.accepted, answer.events], [2, 2]);
    deepEqual(answer.refused.map(({ line }) => line), [1, 2, 3, 6, 7, 8, 9]);
    match(answer.refused[0]!.reason, /before any batch header/);
    match(answer.refused[2]!.reason, /batch of line 2, whose header was refused/);
    match(answer.refused[5]!.reason, /"incident" is "other", must be "i"/);
    equal((await clientOf(target).getIncident("i")).counters.strayLines, 7);
    equal((await reportOf(target)).accounting.strayLines, 7);
  });

  test("a body in which nothing is good says what was wrong with it", async (target) => {
    const empty = await problem(await postLines(target, "i", ""), 422, "nothing_accepted");
    match(String(empty.detail), /no batch header/);
    const response = await postLines(target, "i", headerLine({ incident: "other" }));
    const { refused } = await problem(response, 422, "nothing_accepted");
    equal((refused as unknown[]).length, 1);
  });
}

function repetitionContract(test: HttpTest): void {
  test("a batch sent again is a duplicate, also at the same time", async (target) => {
    const sent = body({}, hopLine(1), dropLine(2));
    const answers = await Promise.all(
      [1, 2, 3, 4].map(async () => await answerOf(await postLines(target, "i", sent))),
    );
    equal(answers.reduce((sum, { accepted }) => sum + accepted, 0), 1);
    equal(answers.reduce((sum, { duplicates }) => sum + duplicates, 0), 3);
    equal((await reportOf(target)).accounting.events, 2);
  });

  test("10,000 broken lines cost an answer of bounded size and no good line", async (target) => {
    const broken = Array.from({ length: 10_000 }, (_, i) => `broken ${i} ${"\u{1F4A5}".repeat(9)}`);
    const response = await postLines(target, "i", body({}, hopLine(1), ...broken, dropLine(2)));
    const text = await response.clone().text();
    const answer = await answerOf(response);
    deepEqual([answer.events, answer.refusedTotal, answer.refused.length], [2, 10_000, 100]);
    ok(text.length < 50_000, `${text.length} characters`);
    equal((await reportOf(target)).accounting.refused, 10_000);
  });
}

function hostileContract(test: HttpTest): void {
  test("hostile names stay text, deep and long ones are refused", async (target) => {
    const name = "<img src=x onerror=alert(1)>";
    const hostile = [name, "\u202egpj.exe", "a\u0000b\u001b[2J", "'; DROP TABLE batches; --"];
    for (const [sequence, node] of hostile.entries()) {
      await answerOf(await postLines(target, "i", body({ sequence, node }, hopLine(sequence))));
    }
    const nodes = (await reportOf(target)).flows.flatMap(({ path }) => path.map((h) => h.node));
    ok(nodes.every((node) => hostile.includes(node)));
    const long = body({ sequence: 8, node: "x".repeat(1_000_000) }, hopLine(1));
    await problem(await postLines(target, "i", long), 422, "nothing_accepted");
    const deep = `{"kind":"state","links":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    const answer = await answerOf(await postLines(target, "i", body({ sequence: 9 }, deep)));
    equal(answer.refusedTotal, 1);
    const prototype = '{"kind":"drop","timeNs":"1","cpu":0,"__proto__":{"a":1}}';
    equal(
      (await answerOf(await postLines(target, "i", body({ sequence: 10 }, prototype)))).events,
      0,
    );
  });

  test("bytes that are not UTF-8 are refused where they matter and harm nothing", async (t) => {
    const bytes = new TextEncoder().encode(body({}, hopLine(1), "~~~", hopLine(2)));
    const sent = bytes.map((b) => b === 0x7e ? 0xff : b);
    const answer = await answerOf(await postLines(t, "i", sent));
    deepEqual([answer.events, answer.refused.map(({ line }) => line)], [2, [3]]);
  });

  test("an incident that is full of headers takes no more, and one too many is none", async (t) => {
    await answerOf(await postLines(t, "i", body({ sequence: 0 }, dropLine(1))));
    const more = await postLines(t, "i", body({ sequence: 1 }, dropLine(2)));
    await problem(more, 409, "incident_full");
    const another = await ask(t, "POST", "/v1/incidents", { body: "{}" });
    await problem(another, 409, "incidents_full");
  }, { limits: { store: { bytesPerIncidentMax: headerLine().length + 100, incidentsMax: 1 } } });

  test("a closed, a missing and a misnamed incident take nothing", async (target) => {
    await clientOf(target).closeIncident("i");
    await problem(await postLines(target, "i", body({}, hopLine(1))), 409, "incident_closed");
    const other = body({ incident: "none" }, hopLine(1));
    await problem(await postLines(target, "none", other), 404, "incident_missing");
    await problem(await postLines(target, "%2e%2e%2fx", other), 404, "incident_missing");
  });
}
