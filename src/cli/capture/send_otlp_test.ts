import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { JsonLogsSerializer } from "@opentelemetry/otlp-transformer";
import type { LasthopError } from "../../event/error.ts";
import { Report } from "../../event/report.ts";
import { sendOtlp } from "./send_otlp.ts";

const fixture = new URL("../render/fixture/changes.json", import.meta.url);
const report = Report.parse(JSON.parse(await Deno.readTextFile(fixture)));

interface Received {
  path: string;
  headers: Headers;
  text: string;
}

/** A collector that answers so, one after the other; `use` gives its address. */
async function collector(
  answers: [status: number, text?: string][],
  use: (url: string) => Promise<void>,
): Promise<Received[]> {
  const received: Received[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname: path } = new URL(request.url);
    received.push({ path, headers: request.headers, text: await request.text() });
    const [status, text = "{}"] = answers[received.length - 1]!;
    return new Response(text, { status, headers: { location: "http://127.0.0.1:1/" } });
  });
  await use(`http://127.0.0.1:${server.addr.port}`);
  await server.shutdown();
  return received;
}

const refuses = (url: string, words: RegExp) =>
  rejects(sendOtlp(report, { url }, [0]), (error: LasthopError) => {
    match(error.message, words);
    return error.code === "otlp_failed";
  });

Deno.test("problems are sent as OTLP logs, again where the collector is busy", async () => {
  const received = await collector([[503], [200, '{"partialSuccess":{}}']], async (url) => {
    const headers = "x-key=a%20key, x-team=net";
    equal(await sendOtlp(report, { url, headers }, [0]), report.problems.length);
  });
  equal(received.length, 2);
  const { path, headers, text } = received[1]!;
  equal(path, "/v1/logs");
  deepEqual(["x-key", "x-team", "content-type"].map((name) => headers.get(name)), [
    "a key",
    "net",
    "application/json",
  ]);
  const { resourceLogs } = JSON.parse(text);
  equal(resourceLogs[0].scopeLogs[0].logRecords.length, report.problems.length);
  // What OpenTelemetry's own transformer reads of an answer is what this client reads.
  const answer = new TextEncoder().encode('{"partialSuccess":{"rejectedLogRecords":2}}');
  const read = JsonLogsSerializer.deserializeResponse(answer);
  equal(Number(read.partialSuccess?.rejectedLogRecords), 2);
});

Deno.test("a path is kept, and what a collector refuses is an error", async () => {
  const kept = await collector([[200, ""]], async (url) => {
    await sendOtlp(report, { url: `${url}/otlp/logs` });
  });
  equal(kept[0]!.path, "/otlp/logs");
  await collector([[400]], (url) => refuses(url, /: it answered 400, must be a collector/));
  await collector([[307]], (url) => refuses(url, /: it answered 307/));
  await collector([[503], [503]], (url) => refuses(url, /: it answered 503/));
  const partial = '{"partialSuccess":{"rejectedLogRecords":"1"}}';
  await collector([[200, partial]], (url) => refuses(url, /: it refused 1 records/));
  await refuses("http://127.0.0.1:1", /: it can't be reached/);
});
