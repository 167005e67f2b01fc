/** The problems of an incident: filtered, bounded, and waited for. */
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { OPERATIONS } from "../../src/ingest/routes/operations.ts";
import { ProblemList } from "../../src/ingest/routes/problems.ts";
import type { HttpTest } from "./http.ts";
import { body } from "./lines.ts";
import { ask, clientOf, postLines, problem, type Target, untilFigure } from "./target.ts";

/** A packet from 10.0.0.`host` to `port` that dies because nothing listens. */
export const refusedLine = (timeNs: number, port: number, host = 1) =>
  JSON.stringify({
    kind: "drop",
    timeNs: String(timeNs),
    cpu: 0,
    skb: `f${timeNs}`,
    head: `e${timeNs}`,
    netns: 1,
    ifindex: 2,
    device: "eth0",
    network: "ip4",
    protocol: 17,
    source: `10.0.0.${host}`,
    destination: "10.9.9.9",
    sourcePort: 4000,
    destinationPort: port,
    reason: "NO_SOCKET",
    reasonNumber: 3,
    function: "__udp4_lib_rcv",
  });

const path = (query: string) => `/v1/incidents/p/problems?${query}`;

async function read(target: Target, query = ""): Promise<ProblemList> {
  const answer = await ask(target, "GET", path(query));
  const text = await answer.text();
  equal(answer.status, 200, text);
  return ProblemList.parse(JSON.parse(text));
}

const send = (target: Target, sequence: number, ...lines: string[]) =>
  clientOf(target).postBatch("p", body({ incident: "p", sequence }, ...lines));

export function problemsContract(test: HttpTest): void {
  const onReal: HttpTest = (title, run) =>
    test(title, async (target) => {
      await clientOf(target).createIncident({ id: "p" });
      await run(target);
    }, { analysis: "real" });
  waitContract(onReal);
  queryContract(onReal);
  filterContract(onReal);
  captureContract(onReal);
  formsContract(onReal);

  onReal("problems are told with a verdict, filtered and bounded", async (target) => {
    const none = await read(target);
    const { cursor } = none;
    deepEqual(none, {
      incident: "p",
      verdict: "none",
      closed: false,
      cursor,
      total: 0,
      problems: [],
      answered: 0,
      missed: 0,
    });
    await send(target, 0, refusedLine(1001, 53), refusedLine(1002, 54), "bad");
    const all = await read(target);
    deepEqual(all.problems, (await clientOf(target).report("p")).problems);
    deepEqual([all.verdict, all.total, all.missed], ["failing", 2, 1]);
    const [{ outcome, cause }] = all.problems as [ProblemList["problems"][0]];
    deepEqual(await read(target, `outcome=slow,${outcome}&cause=no-route,${cause!.code}`), all);
    deepEqual(await read(target, `outcome=slow&outcome=${outcome}`), all);
    const one = await read(target, "limit=1");
    deepEqual(one, { ...all, problems: all.problems.slice(0, 1) });
    const other = await read(target, "outcome=slow,delivered");
    // The line that was refused may have told of one.
    deepEqual([other.total, other.verdict, other.problems], [0, "unknown", []]);
    equal((await read(target, "cause=no-route")).total, 0);
    await clientOf(target).closeIncident("p");
    const closed = await read(target);
    deepEqual([closed.closed, closed.verdict], [true, "failing"]);
    notEqual(closed.cursor, all.cursor);
    await problem(await ask(target, "GET", "/v1/incidents/no/problems"), 404, "incident_missing");
  });
}

function captureContract(test: HttpTest): void {
  test("the headers that were seen are handed on as a capture file", async (target) => {
    await send(target, 0, refusedLine(1001, 53), refusedLine(1002, 54));
    const read = async (query: string, accept = "*/*") => {
      const at = `/v1/incidents/p/report${query}`;
      const answer = await ask(target, "GET", at, { headers: { accept } });
      equal(answer.headers.get("content-type"), "application/x-pcapng");
      return new Uint8Array(await answer.arrayBuffer());
    };
    const file = await read("?format=pcapng");
    deepEqual(await read("", "application/x-pcapng"), file);
    const view = new DataView(file.buffer);
    const types: number[] = [];
    for (let at = 0; at < file.length; at += view.getUint32(at + 4, true)) {
      types.push(view.getUint32(at, true));
    }
    deepEqual(types, [0x0a0d0d0a, 1, 6, 6]);
    const text = new TextDecoder().decode(file);
    equal(text.split("dropped: NO_SOCKET in __udp4_lib_rcv").length, 3);
    ok(text.includes("node-a/1/eth0"));
  });
}

function formsContract(test: HttpTest): void {
  test("a report is handed on in the form that is asked for, as a file", async (target) => {
    await send(target, 0, refusedLine(1001, 53));
    const read = async (query: string, accept = "*/*") => {
      const at = `/v1/incidents/p/report${query}`;
      const { headers } = await ask(target, "GET", at, { headers: { accept } });
      return [headers.get("content-type"), headers.get("content-disposition")];
    };
    const file = (name: string) => `attachment; filename="p.${name}"`;
    const html = ["text/html; charset=utf-8", file("html")];
    const markdown = ["text/markdown; charset=utf-8", file("md")];
    deepEqual(await read("?format=html"), html);
    deepEqual(await read("", "text/html"), html);
    deepEqual(await read("", "text/html;q=0.5, text/markdown, */*;q=0.1"), markdown);
    deepEqual(await read("?format=md", "text/html"), markdown);
    deepEqual(await read("", "application/xml"), ["application/xml", file("xml")]);
    deepEqual(await read("?format=junit"), ["application/xml", file("xml")]);
    deepEqual(await read("?format=otlp"), ["application/json", file("otlp.json")]);
    for (const accept of ["*/*", "application/json", "application/*", "image/png"]) {
      deepEqual(await read("", accept), ["application/json", null]);
    }
    deepEqual(await read("?format=json", "text/html"), ["application/json", null]);
  });
}

function filterContract(test: HttpTest): void {
  test("an incident made by hand takes the filter of its probes", async (target) => {
    const ports = async () => {
      const { flows } = await clientOf(target).report("p");
      return flows.map(({ destinationPort }) => destinationPort).sort();
    };
    const from = (probe: string, filter: string) =>
      body({ incident: "p", probe, filter }, refusedLine(1001, 53), refusedLine(1002, 54));
    await clientOf(target).postBatch("p", from("a", "port 53"));
    deepEqual(await ports(), [53]);
    await clientOf(target).postBatch("p", from("b", "port 54"));
    deepEqual(await ports(), [53, 54]);
  });
}

function waitContract(test: HttpTest): void {
  test("who waits is answered when a problem comes, changes or the incident is closed", async (target) => {
    const first = read(target, "wait=60");
    await untilFigure(target, "viewers", 1);
    await send(target, 0, refusedLine(1001, 53));
    const { cursor, total } = await first;
    equal(total, 1);
    // It is there already, and it is no news.
    equal((await read(target, "wait=60")).cursor, cursor);
    const next = read(target, `wait=60&since=${cursor}`);
    await untilFigure(target, "viewers", 1);
    // One more packet of the same is no change.
    await send(target, 1, refusedLine(1002, 53, 2));
    await send(target, 2, refusedLine(1003, 54));
    const two = await next;
    deepEqual([two.total, two.closed], [2, false]);
    const last = read(target, `wait=60&since=${two.cursor}`);
    const other = read(target, "wait=60&outcome=slow");
    await untilFigure(target, "viewers", 2);
    await clientOf(target).closeIncident("p");
    deepEqual([(await last).closed, (await other).closed, (await other).total], [true, true, 0]);
    equal((await read(target, "wait=60&outcome=slow")).closed, true);
    await untilFigure(target, "viewers", 0);
  });

  test("who waits is answered when the time is up, and nobody waits longer than a token", async (target) => {
    equal((await read(target, "wait=1")).verdict, "none");
    await untilFigure(target, "viewers", 0);
    const head = await ask(target, "HEAD", path("wait=60"));
    equal(head.status, 200);
    const { id, token } = await clientOf(target).createToken("p", { role: "viewer" });
    const waiting = ask(target, "GET", path("wait=60"), {
      headers: { authorization: `Bearer ${token}` },
    });
    await untilFigure(target, "viewers", 1);
    await clientOf(target).deleteToken("p", id);
    await send(target, 0, refusedLine(1001, 53));
    await problem(await waiting, 401, "token_expired");
  });

  test("who waits for an incident that is deleted is told so", async (target) => {
    const waiting = ask(target, "GET", path("wait=60"));
    await untilFigure(target, "viewers", 1);
    await clientOf(target).deleteIncident("p");
    await problem(await waiting, 404, "incident_missing");
  });
}

function queryContract(test: HttpTest): void {
  test("a query is read strictly, and refused in words", async (target) => {
    const refused: [string, RegExp][] = [
      ["outcom=slow", /"outcom" is not known, must be one of outcome, cause, limit, since, wait$/],
      ["outcome=slo", /"outcome\.0" is "slo", must be one of dropped, vanished, /],
      ["cause=nothing", /"cause\.0" is "nothing", must be a code of docs\/causes.md$/],
      ["cause=", /"cause\.0" is "", must be a code/],
      ["limit=0", /"limit" is 0, must be at least 1$/],
      ["limit=1001", /"limit" is 1001, must be at most 1000$/],
      ["limit=1e3", /"limit" is "1e3", must be a whole number$/],
      ["wait=61", /"wait" is 61, must be at most 60$/],
      ["wait=-1", /"wait" is "-1", must be a whole number$/],
      ["since=yesterday", /"since" is "yesterday", must be the cursor of an answer$/],
      ["limit=1&limit=2", /"limit" is there twice, must be once$/],
      ["__proto__=1", /"__proto__" is not known/],
    ];
    for (const [query, words] of refused) {
      const { detail } = await problem(await ask(target, "GET", path(query)), 400, "query_invalid");
      match(String(detail), /^Cannot read query: /);
      match(String(detail), words);
    }
    const long = await ask(target, "GET", path(`limit=${"x".repeat(5000)}`));
    ok(String((await problem(long, 400, "query_invalid")).detail).length < 200);
  });

  test("parameters that an operation has not are refused, whichever it is", async (target) => {
    for (const { method, path, role, query = {} } of OPERATIONS) {
      const names = path.replace("{id}", "p").replace(/\{\w+\}/, "x");
      const init = method === "post" ? { body: "{}" } : {};
      const answer = await ask(target, method.toUpperCase(), `${names}?cursor=1`, init);
      const { detail } = await problem(answer, 400, "query_invalid");
      const known = Object.keys(query).join(", ");
      ok(String(detail).endsWith(known === "" ? "must be left out" : known), `${method} ${path}`);
      if (role === null) continue;
      // Who may not ask is not told what could be asked.
      const stranger = await ask(target, method.toUpperCase(), `${names}?cursor=1`, {
        ...init,
        headers: { authorization: "Bearer none" },
      });
      await problem(stranger, 401, "token_wrong");
    }
  });

  test("bodies are refused in words that are ours", async (target) => {
    const refused: [string, string, RegExp][] = [
      ["/v1/incidents", '{"id":"../etc"}', /"id" is "..\/etc", must be 1 to 128 letters/],
      ["/v1/incidents", '{"id":7}', /"id" is 7, must be text/],
      ["/v1/incidents", '{"nam":"x"}', /"nam" is not known, must be left out$/],
      ["/v1/incidents", "[]", /it is a list, must be an object$/],
      ["/v1/incidents", '{"shards":65}', /"shards" is 65, must be at most 64$/],
      [
        "/v1/incidents/p/tokens",
        "{}",
        /"role" is missing, must be one of probe, viewer, operator/,
      ],
      [
        "/v1/incidents/p/close",
        '{"archive":""}',
        /"archive" is "", must be at least 1 character long$/,
      ],
    ];
    for (const [at, sent, words] of refused) {
      const { detail } = await problem(
        await ask(target, "POST", at, { body: sent }),
        400,
        "body_invalid",
      );
      match(String(detail), words);
    }
    const line = `{"kind":"drop","timeNs":"-4","cpu":0}`;
    const answer = await (await postLines(target, "p", body({ incident: "p" }, line))).json();
    match(answer.refused[0].reason, /^"timeNs" is "-4", must /);
  });
}
