/** Large answers that nobody reads, and answers that take work: what one viewer's token can take. */
import { equal, ok } from "node:assert/strict";
import { createClient, type IngestClient } from "../../src/ingest/client/client.ts";
import { body, hopLine, stateLine } from "../contract/lines.ts";
import { startLasthop } from "../fake/lasthop.ts";

const ROOT = "root-token-of-the-attack";
const MIB = 2 ** 20;
const STUCK_READERS = 300;
const PER_TOKEN = 8;
const PER_BATCH = 5_000;
/** A machine that does other work has needed more than half a minute. */
const PATIENCE_MS = 300_000;
/** Less than a text of its own for each of a token's readers; they share one. */
const GROWTH_BY_REPORTS_MAX = 60 * MIB;
/** Less than a whole archive for each; a batch of each is unpacked. */
const GROWTH_BY_ARCHIVES_MAX = 200 * MIB;

/** Asks for a path as often as it is told, and reads no answer. */
const STUCK = `
import socket, sys, time
port, token, path, held = int(sys.argv[1]), sys.argv[2], sys.argv[3], []
for _ in range(int(sys.argv[4])):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.connect(("127.0.0.1", port))
    s.sendall(("GET " + path + " HTTP/1.1\\r\\nhost: x\\r\\n"
               "authorization: Bearer " + token + "\\r\\n\\r\\n").encode())
    held.append(s)
print("asked", flush=True)
time.sleep(600)
`;

interface Victim {
  url: string;
  pid: number;
  client: IngestClient;
  /** Of a viewer. */
  token: string;
  ask(path: string, token?: string): Promise<Response>;
  /** So many requests whose answers are not read, until what it gives is called. */
  stuck(path: string, count: number): Promise<() => Promise<void>>;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return 1024 * Number(/VmRSS:\s*(\d+)/.exec(status)![1]);
}

/** A state of 1 MiB that hardly gets smaller when it is packed. */
function largeState(timeNs: number): string {
  const random = () => crypto.getRandomValues(new Uint8Array(128)).toHex();
  const keys = Array.from(
    { length: 4_000 },
    (_, i) => [`net.ipv4.conf.eth${i}.forwarding`, random()],
  );
  return stateLine(timeNs, 1, Object.fromEntries(keys));
}

/** A server that has an incident of so many batches of 5,000 events, 20 of each flow, and of states. */
async function withVictim(
  { batches, states = 0 }: { batches: number; states?: number },
  limits: string[],
  use: (victim: Victim) => Promise<void>,
) {
  const data = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  const all = [
    "requestsPerSecond=10000",
    "requestsBurst=10000",
    "probeEventsPerSecond=1000000",
    "probeBytesPerSecond=1Gi",
  ];
  all.push("stateBytesPerIncidentMax=400Mi", "bytesPerIncidentMax=800Mi");
  const options = [...all, ...limits].flatMap((limit) => ["--limit", limit]);
  const args = ["serve", "--listen", "127.0.0.1:0", "--data", `${data}/data`, ...options];
  const server = await startLasthop(args, { bare: true, env: { LASTHOP_TOKEN: ROOT } });
  try {
    const url = await server.finds(/http:\/\/127\.0\.0\.1:\d+/);
    const client = createClient({ url, token: ROOT });
    await client.createIncident({ id: "i" });
    for (let sequence = 0; sequence < batches; sequence++) {
      const lines = Array.from({ length: PER_BATCH }, (_, i) => {
        const nth = sequence * PER_BATCH + i;
        const flow = Math.floor(nth / 20);
        return hopLine(nth * 1_000, nth).replace("10.0.0.1", `10.${flow >> 8}.${flow & 255}.1`);
      });
      await client.postBatch("i", body({ sequence, untilNs: String(9e9 + sequence) }, ...lines));
    }
    for (let i = 0; i < states; i++) {
      const header = { sequence: batches + i, untilNs: String(10e9 + i) };
      await client.postBatch("i", body(header, largeState(1e9 + i)));
    }
    const { token } = await client.createToken("i", { role: "viewer" });
    await use({
      url,
      pid: server.pid,
      client,
      token,
      ask: (path, by = token) =>
        fetch(`${url}${path}`, { headers: { authorization: `Bearer ${by}` } }),
      stuck: (path, count) => stuckReaders(url, token, path, count),
    });
  } finally {
    await server.end();
    await Deno.remove(data, { recursive: true });
  }
}

async function stuckReaders(url: string, token: string, path: string, count: number) {
  const args = ["-c", STUCK, new URL(url).port, token, path, String(count)];
  const attacker = new Deno.Command("python3", { args, stdout: "piped" }).spawn();
  const reader = attacker.stdout.getReader();
  await reader.read();
  return async () => {
    attacker.kill("SIGKILL");
    await reader.cancel();
    await attacker.status;
  };
}
/** Waits until so many requests were answered 503. */
async function untilRefused(url: string, count: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const headers = { authorization: `Bearer ${ROOT}` };
    const text = await (await fetch(`${url}/metrics`, { headers })).text();
    const refused = Number(
      /^lasthop_responses_total\{[^}]*503[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0,
    );
    if (refused >= count) return;
    ok(performance.now() < deadline, `${refused} of ${count} are refused`);
  }
}

/** Asks until it is answered so. */
async function until(ask: () => Promise<Response>, status: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const response = await ask();
    await response.body?.cancel();
    if (response.status === status) return;
    ok(performance.now() < deadline, `still ${response.status}`);
  }
}

Deno.test("answers: reports and archives that nobody reads are few, small, and let go of", async () => {
  await withVictim(
    { batches: 3, states: 20 },
    ["sendStallMs=3000"],
    async ({ url, pid, token, ask, stuck }) => {
      const report = "/v1/incidents/i/report";
      const archive = "/v1/incidents/i/archive";
      const text = await (await ask(report)).text();
      const chars = text.length;
      const flows = JSON.parse(text).flows.length;
      ok(PER_TOKEN * chars > GROWTH_BY_REPORTS_MAX, `a report of ${chars} characters`);
      // Answers leave garbage that is collected later: what a first wave left is no growth of the next.
      const first = await stuck(report, STUCK_READERS);
      await untilRefused(url, STUCK_READERS - PER_TOKEN);
      await first();
      await until(() => ask(report), 200);
      const before = await residentBytes(pid);
      const grown: string[] = [];
      let refused = STUCK_READERS - PER_TOKEN;
      for (const path of [report, archive, archive]) {
        const end = await stuck(path, STUCK_READERS);
        // On a machine that does other work some come when others were let go of, and are taken.
        refused += Math.floor((STUCK_READERS - PER_TOKEN) * 0.9);
        await untilRefused(url, refused);
        // Others are answered meanwhile. By now the report may say that its node was not heard for long.
        equal(JSON.parse(await (await ask(report, ROOT)).text()).flows.length, flows);
        const bytes = await residentBytes(pid) - before;
        grown.push(`${path} ${bytes >> 20} MiB`);
        ok(
          bytes < (path === report ? GROWTH_BY_REPORTS_MAX : GROWTH_BY_ARCHIVES_MAX),
          grown.join(),
        );
        // The attacker goes on to hold every connection.
        await until(() => ask(report), 200);
        await end();
      }
      // Who leaves at once leaves nothing behind.
      for (let i = 0; i < 100; i++) {
        const aborted = new AbortController();
        const headers = { authorization: `Bearer ${token}` };
        const asked = fetch(`${url}${i % 2 === 0 ? report : archive}`, {
          headers,
          signal: aborted.signal,
        });
        if (i % 3 === 0) await asked;
        aborted.abort();
        await asked.then((answer) => answer.body?.cancel()).catch(() => {});
      }
      await until(() => ask(report), 200);
      await (await ask(report)).body!.cancel();
      console.log(`grew by ${grown.join(", ")}; the report has ${chars >> 20} MiB`);
    },
  );
});

Deno.test("answers: an archive is sent without being in memory", async () => {
  await withVictim({ batches: 0, states: 64 }, [], async ({ pid, ask }) => {
    // Once, so that what any download needs is there.
    await (await ask("/v1/incidents/i/archive")).arrayBuffer();
    // The least of a few: what is thrown away is let go of late on a machine that does other work.
    const grown: number[] = [];
    while (grown.length < 4 && !grown.some((bytes) => bytes < 48 * MIB)) {
      const before = await residentBytes(pid);
      const answer = await ask("/v1/incidents/i/archive");
      let most = 0;
      let bytes = 0;
      const plain = answer.body!.pipeThrough(new DecompressionStream("gzip"));
      for await (const chunk of plain) {
        bytes += chunk.length;
        most = Math.max(most, await residentBytes(pid));
      }
      ok(bytes > 60 * MIB, `an archive of ${bytes} bytes`);
      grown.push(most - before);
    }
    ok(Math.min(...grown) < 48 * MIB, `grew by ${grown.map((bytes) => bytes >> 20)} MiB`);
  });
});

Deno.test("answers: forms of a report that take work are counted by the characters that are read", async () => {
  await withVictim({ batches: 1 }, ["rereadCharsPerSecond=400Ki"], async ({ ask }) => {
    const paths = [
      "report?format=md",
      "report?format=html",
      "report?format=junit",
      "report?format=otlp",
      "report?format=pcapng",
    ];
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const answer = await ask(`/v1/incidents/i/${paths[i % paths.length]}`);
      statuses.push(answer.status);
      if (answer.status === 429) ok(Number(answer.headers.get("retry-after")) >= 1);
      await answer.body!.cancel();
    }
    // 4 Mi at once: the first, and the one whose characters are more than what is left.
    equal(statuses[0], 200);
    ok(statuses.filter((status) => status === 429).length >= 8, statuses.join());
    // The report as it is kept takes no work, and others have their own account.
    equal((await ask("/v1/incidents/i/report")).status, 200);
    equal((await ask("/v1/incidents/i/report?format=md", ROOT)).status, 200);
    // It was read for the forms, and nothing is read anew for what it adds up to.
    equal((await ask("/v1/incidents/i/overview")).status, 200);
  });
});
