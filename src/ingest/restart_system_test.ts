import { deepEqual, equal } from "node:assert/strict";
import { body, dropLine, hopLine } from "../../test/contract/lines.ts";
import { createClient } from "./client/client.ts";

/** A real ingest process that says where it listens, and lives until it is killed. */
async function spawnIngest(dataDir: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      new URL("./testing_server.ts", import.meta.url).href,
      dataDir,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  const client = createClient({ url: (value ?? "").trim() });
  return {
    client,
    async kill() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}

Deno.test("what was acknowledged before kill -9 is there after it, once", async () => {
  const dataDir = await Deno.makeTempDir();
  const lines = (sequence: number) =>
    body({ sequence }, hopLine(sequence, sequence % 200), dropLine(sequence, sequence % 200));
  const acknowledged = new Set<number>();
  let next = 0;
  for (let round = 0; round < 3; round++) {
    const ingest = await spawnIngest(dataDir);
    if (round === 0) await ingest.client.createIncident({ id: "i" });
    // Four senders; the kill comes while all of them wait for an answer.
    const sender = async () => {
      for (;;) {
        const sequence = next++;
        await ingest.client.postBatch("i", lines(sequence));
        acknowledged.add(sequence);
        if (acknowledged.size === 60 * (round + 1)) await ingest.kill();
      }
    };
    await Promise.allSettled([sender(), sender(), sender(), sender()]);
  }
  const ingest = await spawnIngest(dataDir);
  const before = await ingest.client.getIncident("i");
  // Sent again, as a probe does that had no answer: all that was acknowledged is a duplicate.
  for (const sequence of acknowledged) {
    const { accepted, duplicates } = await ingest.client.postBatch("i", lines(sequence));
    deepEqual([accepted, duplicates], [0, 1], `batch ${sequence}`);
  }
  for (let sequence = 0; sequence < next; sequence++) {
    await ingest.client.postBatch("i", lines(sequence));
  }
  const { counters } = await ingest.client.getIncident("i");
  deepEqual([counters.batches, counters.events], [next, 2 * next]);
  equal(before.counters.batches >= acknowledged.size, true);
  equal((await ingest.client.report("i")).accounting.events, 2 * next);
  await ingest.kill();
  await Deno.remove(dataDir, { recursive: true });
});
