/** What a probe's token can cost the ingest: a real one on loopback, in a process of its own. */
import { ok, rejects } from "node:assert/strict";
import { createClient } from "../../src/ingest/client/client.ts";
import { startLasthop } from "../fake/lasthop.ts";

const ROOT = "root-token-of-the-attack";

/** `mib` MiB of one repeated piece, packed, without all of it in memory at once. */
async function packed(head: string, piece: string, mib: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunk = new TextEncoder().encode(piece.repeat(Math.ceil(2 ** 20 / piece.length)));
  let left = mib;
  const text = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(head)),
    pull(controller) {
      if (left-- > 0) controller.enqueue(chunk);
      else controller.close();
    },
  });
  return await new Response(text.pipeThrough(new CompressionStream("gzip"))).bytes();
}

const HEADER = JSON.stringify({
  kind: "batch",
  version: 1,
  incident: "i",
  node: "a",
  probe: "p",
  sequence: 1,
}) + "\n";

const BODIES: [string, string, string][] = [
  ["lines that are no events", HEADER, "x\n"],
  ["lines without a batch", "", "device-rx\t1\t0\n"],
  ["JSON that is no event", HEADER, '{"kind":"drop"}\n'],
  ["empty lines", HEADER, "\n"],
];

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return 1024 * Number(/VmRSS:\s*(\d+)/.exec(status)![1]);
}

Deno.test("bounded work: 120 MB of bad lines stop nobody else, and cost no memory", async () => {
  const data = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  const args = ["serve", "--listen", "127.0.0.1:0", "--data", `${data}/data`];
  const server = await startLasthop(args, { bare: true, env: { LASTHOP_TOKEN: ROOT } });
  try {
    const url = await server.finds(/http:\/\/127\.0\.0\.1:\d+/);
    const client = createClient({ url, token: ROOT });
    await client.createIncident({ id: "i" });
    const { token } = await client.createToken("i", { role: "probe" });
    const before = await residentBytes(server.pid);
    let answers = 0;
    for (const [what, head, piece] of BODIES) {
      const body = await packed(head, piece, 120);
      const headers = { authorization: `Bearer ${token}`, "content-encoding": "gzip" };
      const init = { method: "POST", headers, body };
      let isDone = false;
      const answer = fetch(`${url}/v1/incidents/i/batches`, init).then(async (response) => {
        const said = await response.json();
        isDone = true;
        return [response.status, said.code] as const;
      });
      for (; !isDone; answers++) await (await fetch(`${url}/healthz`)).body?.cancel();
      const [status, code] = await answer;
      ok([422, 429].includes(status), `${what}: ${status} ${code}`);
      const grown = await residentBytes(server.pid) - before;
      ok(grown < 64 * 2 ** 20, `${what}: grew by ${grown >> 20} MiB`);
    }
    // A thread that reads a body itself gives one answer before it and one after it. Measured with 17
    // other programs on two processors, where a single answer took up to 1.2 s: 500 to 900.
    ok(answers > 10 * BODIES.length, `${answers} answers of /healthz while bodies were read`);
  } finally {
    await server.end();
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("bounded work: refused and empty lines are load, whatever probe they name", async () => {
  const data = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  const limits = ["--limit", "incidentEventsPerSecond=50", "--limit", "burstSeconds=1"];
  const args = ["serve", "--listen", "127.0.0.1:0", "--data", `${data}/data`, ...limits];
  const server = await startLasthop(args, { bare: true, env: { LASTHOP_TOKEN: ROOT } });
  try {
    const url = await server.finds(/http:\/\/127\.0\.0\.1:\d+/);
    const client = createClient({ url, token: ROOT });
    for (const [incident, body] of [["bad", "x\n".repeat(5_000)], ["empty", "\n".repeat(5_000)]]) {
      await client.createIncident({ id: incident });
      const post = () => client.postBatch(incident!, body!);
      await rejects(post(), { code: "nothing_accepted" });
      await rejects(post(), { code: "load_limited" });
    }
  } finally {
    await server.end();
    await Deno.remove(data, { recursive: true });
  }
});
