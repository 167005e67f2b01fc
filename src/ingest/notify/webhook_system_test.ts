import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { Report } from "../../event/report.ts";
import { refusedLine } from "../../../test/contract/http_problems.ts";
import { body } from "../../../test/contract/lines.ts";
import { createClient } from "../client/client.ts";
import { type Clock, systemClock } from "../clock.ts";
import { startIngest } from "../deno.ts";
import { Deliveries } from "./deliveries.ts";
import { problemNews, type Told } from "./problem_news.ts";
import { webhookReceiver } from "./webhook.ts";

const SECRET = "a-key-of-this-test-alone";

/** A hundred times as fast. */
const CLOCK: Clock = {
  ...systemClock,
  after: (delayMs, run) => systemClock.after(delayMs / 100, run),
};

interface Received {
  headers: Headers;
  text: string;
}

/** Answers with these statuses, the last again and again, and gives what came. */
function receiver(statuses: number[], headers: Record<string, string> = {}) {
  const received: Received[] = [];
  const waiting: (() => void)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const text = await request.text();
    const status = statuses[Math.min(received.length, statuses.length - 1)]!;
    received.push({ headers: request.headers, text });
    waiting.splice(0).forEach((wake) => wake());
    return new Response("x".repeat(100_000), { status, headers });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/hook?key=x`,
    received,
    async until(count: number): Promise<void> {
      while (received.length < count) await new Promise<void>((wake) => waiting.push(wake));
    },
    stop: () => server.shutdown(),
  };
}

Deno.test("a webhook is told of a problem once, signed, also when it fails at first", async () => {
  const hook = receiver([503, 500, 202]);
  const rootToken = "a-root-token-of-this-test-alone";
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken,
    allowLoopbackWithoutToken: false,
    webhook: { url: hook.url, secret: SECRET },
    log: () => {},
  });
  try {
    const client = createClient({ url: ingest.url, token: rootToken });
    await client.createIncident({ id: "p", title: "a <title>" });
    await client.postBatch("p", body({ incident: "p" }, refusedLine(1001, 53)));
    await hook.until(3);
    const [first, second, third] = hook.received as [Received, Received, Received];
    // The same delivery each time, with a signature of its time.
    deepEqual([second.text, third.text], [first.text, first.text]);
    const { headers, text } = third;
    const [, seconds, signed] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
      headers.get("lasthop-signature")!,
    )!;
    equal(signed, createHmac("sha256", SECRET).update(`${seconds}.${text}`).digest("hex"));
    equal(headers.get("lasthop-event"), "problem.opened");
    const { id, at, problem, ...rest } = JSON.parse(text);
    equal(headers.get("lasthop-delivery"), id);
    match(at, /^\d{4}-/);
    deepEqual(rest, {
      version: 1,
      event: "problem.opened",
      incident: { id: "p", title: "a <title>" },
    });
    deepEqual(problem, (await client.report("p")).problems[0]);
    ok(!text.includes(rootToken));
  } finally {
    await ingest.stop();
    await hook.stop();
  }
});

const problem = (id: string, state: string, severity = "major") =>
  ({ id, state, severity }) as Report["problems"][number];

Deno.test("news is what opened, healed and came back, each once", () => {
  const told: Told = new Map();
  const news = (...problems: Report["problems"]) =>
    problemNews(told, problems).map(({ event, problem: { id } }) => `${event} ${id}`);
  deepEqual(news(problem("a", "active"), problem("b", "active", "unknown")), ["problem.opened a"]);
  deepEqual(news(problem("a", "active")), []);
  deepEqual(news(problem("a", "healed")), ["problem.healed a"]);
  deepEqual(news(problem("a", "healed")), []);
  deepEqual(news(problem("a", "ended")), ["problem.reopened a"]);
  deepEqual(news(problem("c", "healed")), ["problem.opened c", "problem.healed c"]);
});

const deliver = (url: string, log: string[]) =>
  new Deliveries(webhookReceiver({ url, secret: SECRET }), {
    clock: CLOCK,
    log: (line) => log.push(line),
  });

const delivery = (event: string) => ({ id: crypto.randomUUID(), event, body: "{}" });

Deno.test("what is refused for good, or leads elsewhere, is not sent again", async () => {
  for (const status of [400, 404, 410, 302]) {
    const other = receiver([200]);
    const hook = receiver([status, 200], { location: other.url });
    const log: string[] = [];
    const deliveries = deliver(hook.url, log);
    deliveries.add(delivery("problem.opened"));
    deliveries.add(delivery("problem.healed"));
    await hook.until(2);
    deliveries.close();
    await hook.stop();
    await other.stop();
    deepEqual(hook.received.map(({ headers }) => headers.get("lasthop-event")), [
      "problem.opened",
      "problem.healed",
    ]);
    equal(other.received.length, 0, "a redirect is not followed");
    match(log[0]!, new RegExp(`problem.opened: it answered ${status}, after 1 tries`));
  }
});

Deno.test("a webhook that is gone costs a bounded queue and a bounded number of tries", async () => {
  const hook = receiver([503]);
  const log: string[] = [];
  const deliveries = deliver(hook.url, log);
  for (let i = 0; i < 1_500; i++) deliveries.add(delivery("problem.opened"));
  equal(log.filter((line) => line.includes("the oldest is left out")).length, 499);
  await hook.until(9);
  ok(log.some((line) => /it answered 503, after 8 tries$/.test(line)), log.at(-1));
  deliveries.close();
  match(log.at(-1)!, /was not told of \d+ changes/);
  await hook.stop();
});
