import { deepEqual, equal, match } from "node:assert/strict";
import { body, hopLine } from "../../../test/contract/lines.ts";
import { type ReceivedLiveEvent } from "../client/client_live.ts";
import { createClient, type IngestClient } from "../client/client.ts";
import { Listener } from "./deno_listener.ts";

const FILES_MAX = 128;

/** An ingest that may have few files open; `says` resolves with what follows on stderr. */
async function spawnPoor(dataDir: string) {
  const script = new URL("../testing_server.ts", import.meta.url).pathname;
  const run = `ulimit -n ${FILES_MAX} && exec "$0" run -A --no-check "$1" "$2"`;
  const child = new Deno.Command("sh", {
    args: ["-c", run, Deno.execPath(), script, dataDir],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const url = (await stdout.read()).value!.trim();
  return {
    url,
    async says(): Promise<string> {
      return (await stderr.read()).value ?? "";
    },
    async kill() {
      child.kill("SIGKILL");
      await child.status;
      await Promise.all([stdout.cancel(), stderr.cancel()]);
    },
  };
}

/** Strangers who begin a request each and say no more, until there is no room for another. */
async function holdOpen(url: string, count: number): Promise<Deno.TcpConn[]> {
  const { hostname, port } = new URL(url);
  const connections: Deno.TcpConn[] = [];
  const begin = new TextEncoder().encode("GET /v1/incidents HTTP/1.1\r\nhost: x\r\n");
  for (let i = 0; i < count; i++) {
    const connection = await Deno.connect({ hostname, port: Number(port) }).catch(() => null);
    if (connection === null) break;
    await connection.write(begin).catch(() => {});
    connections.push(connection);
  }
  return connections;
}

const nextSummary = async (live: AsyncGenerator<ReceivedLiveEvent>): Promise<number> => {
  for (;;) {
    const { value } = await live.next();
    if (value.event === "report" || value.event === "summary") return value.data.accounting.events;
  }
};

async function untilAnswered(client: IngestClient): Promise<void> {
  for (;;) {
    if (await client.listIncidents().then(() => true, () => false)) return;
  }
}

Deno.test("strangers who hold every connection do not end the ingest, nor who was there before", async () => {
  const dataDir = await Deno.makeTempDir();
  const ingest = await spawnPoor(dataDir);
  const client = createClient({ url: ingest.url });
  try {
    await client.createIncident({ id: "i" });
    const leave = new AbortController();
    const live = client.live("i", { signal: leave.signal });
    equal(await nextSummary(live), 0);
    const held = await holdOpen(ingest.url, 2 * FILES_MAX);
    match(await ingest.says(), /^Cannot accept connections: Too many open files/);
    for (const connection of held) connection.close();
    await untilAnswered(client);
    const sent = await client.postBatch("i", body({}, hopLine(1)));
    deepEqual([sent.accepted, await nextSummary(live)], [1, 1]);
    leave.abort();
    await live.return(undefined);
  } finally {
    await ingest.kill();
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("who stops it waits for a request no longer than it says, and nothing is thrown", async () => {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<Response>();
  const listener = new Listener({
    hostname: "127.0.0.1",
    port: 0,
    handler: () => {
      asked.resolve();
      return answered.promise;
    },
    log: () => {},
  });
  const answer = fetch(listener.url);
  await asked.promise;
  await listener.stop(1);
  answered.resolve(new Response("late"));
  equal(await (await answer).text(), "late");
});
