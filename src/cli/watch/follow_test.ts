import { deepEqual, equal, rejects } from "node:assert/strict";
import { LasthopError } from "../../event/error.ts";
import type { Report } from "../../event/report.ts";
import { IngestError, type ReceivedLiveEvent } from "../../ingest/mod.ts";
import { type Change, follow } from "./follow.ts";

const report = { flows: [] } as unknown as Report;
const hello = (cursor: string) =>
  ({ event: "hello", data: { incident: "i", cursor }, cursor }) as ReceivedLiveEvent;
const full = { event: "report", data: report, cursor: "c2" } as ReceivedLiveEvent;
const end = (reason: string) => ({ event: "end", data: { reason }, cursor: "c9" });

/** Each attempt gives its events, then throws its error, if it has one. */
function clientOf(attempts: { events: unknown[]; error?: Error }[]) {
  const asked: (string | undefined)[] = [];
  const live = (_: string, options: { lastEventId?: string } = {}) => {
    asked.push(options.lastEventId);
    return (async function* () {
      await Promise.resolve();
      const attempt = attempts.shift()!;
      yield* attempt.events as ReceivedLiveEvent[];
      if (attempt.error) throw attempt.error;
    })();
  };
  return { client: { live }, asked };
}

async function changes(attempts: { events: unknown[]; error?: Error }[]) {
  const { client, asked } = clientOf(attempts);
  const { signal } = new AbortController();
  const found: Change[] = await Array.fromAsync(
    follow(client, "i", { signal, retryMs: [0] }),
  );
  const told = found.map((change) => change.kind === "live" ? change.live.event : change.kind);
  return { told, found, asked };
}

Deno.test("follow goes on after its cursor when the connection broke, and says so once", async () => {
  const away = new LasthopError("ingest_unreachable", "Cannot reach the ingest");
  const { told, asked, found } = await changes([
    { events: [hello("c1"), full] },
    { events: [], error: away },
    { events: [], error: new TypeError("body broke") },
    { events: [hello("c3"), end("closed")] },
  ]);
  deepEqual(told, ["hello", "report", "away", "back", "hello", "end"]);
  deepEqual(asked, [undefined, "c2", "c2", "c2"]);
  const last = found.at(-1)!;
  equal(last.kind === "live" && last.report, report);
});

Deno.test("follow waits for an ingest that stops, and ends when the incident does", async () => {
  const { told } = await changes([
    { events: [hello("c1"), end("shutdown")] },
    { events: [hello("c1"), end("deleted")] },
  ]);
  deepEqual(told, ["hello", "away", "back", "hello", "end"]);
});

Deno.test("follow throws the first failure, and a refusal for good at any time", async () => {
  const away = new LasthopError("ingest_unreachable", "Cannot reach the ingest");
  await rejects(changes([{ events: [], error: away }]), away);
  const refused = new IngestError("token_expired", "expired", 401, null, {});
  await rejects(changes([{ events: [hello("c1")] }, { events: [], error: refused }]), refused);
});
