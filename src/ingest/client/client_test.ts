import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { body, hopLine } from "../../../test/contract/lines.ts";
import { tally } from "../../../test/contract/tally.ts";
import { LasthopError } from "../../event/error.ts";
import { createClient, IngestError } from "./client.ts";
import { startIngest } from "../deno.ts";

const start = (port = 0) =>
  startIngest({
    listen: { hostname: "127.0.0.1", port },
    allowLoopbackWithoutToken: true,
    analyse: (input) => tally(input),
    limits: { recomputeMinMs: 1 },
  });

Deno.test("an ingest that is away is named in one clear line", async () => {
  const { url, stop } = await start();
  await stop();
  await rejects(createClient({ url }).listIncidents(), (error: LasthopError) => {
    const expected = `Cannot reach the ingest at ${url}: connection refused, ` +
      "must be a running `lasthop serve`";
    equal(error.message, expected);
    return error.code === "ingest_unreachable";
  });
});

Deno.test("a refusal keeps its code, status and how long to wait", async () => {
  const answer = { code: "rate_limited", detail: "Cannot serve request: too many, must wait 7 s" };
  const client = createClient({
    url: "http://ingest.example/",
    fetch: () =>
      Promise.resolve(
        new Response(JSON.stringify(answer), {
          status: 429,
          headers: { "content-type": "application/problem+json", "retry-after": "7" },
        }),
      ),
  });
  await rejects(client.report("i"), (error: IngestError) => {
    deepEqual([error.code, error.status, error.retryAfterSeconds], ["rate_limited", 429, 7]);
    deepEqual([error.message, error.retryable], [answer.detail, true]);
    return error instanceof LasthopError;
  });
});

Deno.test("how long to wait may also be a moment, as proxies say it", async () => {
  const waitOf = async (retryAfter: string) => {
    const answer = new Response("busy", { status: 503, headers: { "retry-after": retryAfter } });
    const client = createClient({ url: "http://i.example", fetch: () => Promise.resolve(answer) });
    return await client.report("i").then(() => null, (error) => error.retryAfterSeconds);
  };
  const soon = await waitOf(new Date(Date.now() + 60_000).toUTCString());
  ok(soon > 50 && soon <= 60, `${soon} s`);
  deepEqual([await waitOf("Wed, 21 Oct 2015 07:28:00 GMT"), await waitOf("later")], [0, null]);
});

Deno.test("what answers but is no ingest is called so", async () => {
  const page = () => Promise.resolve(new Response("<html>", { status: 502 }));
  const client = createClient({ url: "http://proxy.example", fetch: page });
  await rejects(
    client.report("i"),
    /it answered 502 and no problem\+json, must be a `lasthop serve`/,
  );
});

Deno.test("the token goes into the header and nowhere else", async () => {
  const seen: [string, string | null][] = [];
  const client = createClient({
    url: "http://ingest.example/prefix/",
    token: "secret",
    fetch: (input, init) => {
      seen.push([String(input), new Headers(init?.headers).get("authorization")]);
      return Promise.resolve(Response.json({ incidents: [] }));
    },
  });
  await client.listIncidents();
  deepEqual(seen, [["http://ingest.example/prefix/v1/incidents", "Bearer secret"]]);
});

Deno.test("a live view goes on after the ingest was restarted", async () => {
  let ingest = await start();
  const port = Number(new URL(ingest.url).port);
  const client = createClient({ url: ingest.url });
  await client.createIncident({ id: "i" });
  const names: string[] = [];
  for await (const live of client.live("i", { retryMs: [1] })) {
    names.push(live.event);
    if (live.event === "report" && names.length === 2) {
      await ingest.stop();
      ingest = await start(port);
      await createClient({ url: ingest.url }).createIncident({ id: "i" });
      await client.postBatch("i", body({}, hopLine(1)));
    } else if (live.event === "report") {
      equal(live.data.accounting.events, 1);
      break;
    }
  }
  ok(names.join().startsWith("hello,report,"), names.join());
  await ingest.stop();
});

Deno.test("leaving a live view by signal, or just not reading on, ends it", async () => {
  const ingest = await start();
  const client = createClient({ url: ingest.url });
  await client.createIncident({ id: "i" });
  const leave = new AbortController();
  for await (const { event } of client.live("i", { signal: leave.signal })) {
    if (event === "report") leave.abort();
  }
  for await (const { event } of client.live("i")) if (event === "report") break;
  await rejects(client.live("none").next(), /there is no "none"/);
  await ingest.stop();
});

Deno.test("an address that can't be listened on is a clear error", async () => {
  const ingest = await start();
  await rejects(start(Number(new URL(ingest.url).port)), (error: LasthopError) => {
    match(error.message, /^Cannot listen on 127\.0\.0\.1:\d+: something else listens there/);
    return error.code === "listen_failed";
  });
  await ingest.stop();
});
