/** Viewers that never read: what they may cost, counted and resident, and that it is freed. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { createClient, type IngestClient } from "../../src/ingest/client/client.ts";
import { body, dropLine, hopLine } from "../contract/lines.ts";
import { startLasthop } from "../fake/lasthop.ts";

const ROOT = "root-token-of-the-attack";
const MIB = 2 ** 20;
const VIEWERS = 600;
const VERSIONS = 10;

/** Opens as many streams as each line says, and reads none of them. */
const STUCK = `
import socket, sys
port, token, held = int(sys.argv[1]), sys.argv[2], []
for line in sys.stdin:
    for _ in range(int(line)):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", port))
        s.sendall(("GET /v1/incidents/i/live HTTP/1.1\\r\\nhost: x\\r\\n"
                   "authorization: Bearer " + token + "\\r\\n\\r\\n").encode())
        held.append(s)
`;

let sequence = 0;

/** Adds packets of so many flows: the report has about 1.2 KB of each. */
async function add(client: IngestClient, flows: number): Promise<void> {
  const lines = Array.from({ length: flows }, (_, i) => {
    const timeNs = 1_000_000 + sequence * 1e6 + i * 10;
    const source = `10.${i >> 8}.${i & 255}.1`;
    return [hopLine(timeNs, 1), dropLine(timeNs + 5, 1)]
      .map((line) => line.replace("10.0.0.1", source));
  }).flat();
  sequence += 1;
  await client.postBatch("i", body({ sequence, untilNs: String(9e9 + sequence) }, ...lines));
}

async function figures(url: string): Promise<Record<string, number>> {
  const headers = { authorization: `Bearer ${ROOT}` };
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  const found = text.matchAll(/^lasthop_(viewers|viewer_bytes|viewers_cut_off_total) (\d+)$/gm);
  return Object.fromEntries(found.map(([, name, value]) => [name!, Number(value)]));
}

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return 1024 * Number(/VmRSS:\s*(\d+)/.exec(status)![1]);
}

/** Asks until the figures are so. */
async function until(url: string, isSo: (f: Record<string, number>) => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!isSo(await figures(url))) {
    ok(performance.now() < deadline, `still ${JSON.stringify(await figures(url))}`);
  }
}

Deno.test(`viewers: ${VIEWERS} that never read hold bounded bytes, and free them`, async () => {
  const data = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  const limits = ["requestsPerSecond=10000", "requestsBurst=10000"].flatMap((x) => ["--limit", x]);
  const args = ["serve", "--listen", "127.0.0.1:0", "--data", `${data}/data`, ...limits];
  const server = await startLasthop(args, { bare: true, env: { LASTHOP_TOKEN: ROOT } });
  let stuck: Deno.ChildProcess | undefined;
  try {
    const url = await server.finds(/http:\/\/127\.0\.0\.1:\d+/);
    const client = createClient({ url, token: ROOT });
    await client.createIncident({ id: "i" });
    await add(client, 3_000);
    const { token } = await client.createToken("i", { role: "viewer" });
    for (let i = 0; i < 5; i++) {
      await add(client, 5);
      await client.report("i");
    }
    const before = await residentBytes(server.pid);
    const port = new URL(url).port;
    stuck = new Deno.Command("python3", { args: ["-c", STUCK, port, token], stdin: "piped" })
      .spawn();
    const lines = stuck.stdin.getWriter();
    let opened = 0;
    for (let i = 0; i < VERSIONS; i++) {
      await add(client, 5);
      await client.report("i");
      opened += VIEWERS / VERSIONS;
      await lines.write(new TextEncoder().encode(`${VIEWERS / VERSIONS}\n`));
      await until(url, (now) => now.viewers! + now.viewers_cut_off_total! === opened);
    }
    await lines.close().catch(() => {});
    const held = await figures(url);
    ok(held.viewer_bytes! > MIB, "they do hold a report in its midst");
    ok(held.viewer_bytes! <= 24 * MIB, `one token's viewers hold ${held.viewer_bytes! >> 20} MiB`);
    ok(held.viewers_cut_off_total! > 0, "those of the oldest reports were cut off");
    // A connection of Deno's server that is not read costs 165 to 200 KiB by itself.
    const allowed = 100 * MIB + VIEWERS * 200 * 1024;
    const grown = await residentBytes(server.pid) - before;
    ok(grown < allowed, `grew by ${grown >> 20} MiB, must be below ${allowed >> 20}`);
    // Somebody with another token sees the report meanwhile.
    equal((await client.report("i")).flows.length, 3_000);
    stuck.kill("SIGKILL");
    await stuck.status;
    await until(url, (now) => now.viewers === 0);
    const after = await figures(url);
    deepEqual([after.viewers, after.viewer_bytes], [0, 0]);
    console.log(`grew by ${grown >> 20} MiB, ${held.viewer_bytes! >> 20} MiB of it counted`);
  } finally {
    stuck?.unref();
    await server.end();
    await Deno.remove(data, { recursive: true });
  }
});
