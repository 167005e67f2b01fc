import { deepEqual, equal, ok } from "node:assert/strict";
import { exported } from "../../exports/mod.ts";
import { refusedLine } from "../../../test/contract/http_problems.ts";
import { body } from "../../../test/contract/lines.ts";
import { createClient } from "../client/client.ts";
import { startIngest } from "../deno.ts";

Deno.test("a collector is sent each problem once, as a log record, also when it is busy", async () => {
  const received: { path: string; key: string | null; text: string }[] = [];
  const both = Promise.withResolvers<void>();
  const collector = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname: path } = new URL(request.url);
      const text = await request.text();
      received.push({ path, key: request.headers.get("x-key"), text });
      if (received.length === 2) both.resolve();
      return new Response("{}", { status: received.length === 1 ? 503 : 200 });
    },
  );
  const rootToken = "a-root-token-of-this-test-alone";
  const log: string[] = [];
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken,
    allowLoopbackWithoutToken: false,
    otlp: { url: `http://127.0.0.1:${collector.addr.port}`, headers: "x-key=a%20key" },
    log: (line) => log.push(line),
  });
  try {
    const client = createClient({ url: ingest.url, token: rootToken });
    await client.createIncident({ id: "p" });
    await client.postBatch("p", body({ incident: "p" }, refusedLine(1001, 53)));
    await both.promise;
    const [first, second] = received;
    deepEqual(first, second);
    equal(first!.path, "/v1/logs");
    equal(first!.key, "a key");
    equal(first!.text, exported(await client.report("p"), "otlp"));
    ok(!first!.text.includes(rootToken));
    deepEqual(log, []);
  } finally {
    await ingest.stop();
    await collector.shutdown();
  }
});
