/**
 * workerd is killed ten times while probes send: whatever was acknowledged before or after is in the
 * final report and in the archive, once.
 */
import { deepEqual, equal } from "node:assert/strict";
import { createClient } from "../../src/ingest/client/client.ts";
import { type Body, pings } from "../bench/edge/pings.ts";
import { gunzip } from "../contract/target.ts";
import { npmToolOrWhy } from "../../deploy/npm_tool.ts";
import { startWorkerd, type WorkerdServer } from "./workerd_server.ts";

const TOKEN = "operator-of-this-test";
const KILLS = 10;
const PROBES = 6;
const FLOWS = 30;
const EVENTS = 4_800;
const seed = Number(Deno.env.get("LASTHOP_SEED") ?? Math.floor(Math.random() * 2 ** 31));

/** mulberry32: from 0 to below `below`. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * below);
  };
}

/** A workerd that is killed and started again with the same data. */
class Victim {
  private constructor(private readonly data: string, private running: Promise<WorkerdServer>) {}

  static async start(data: string): Promise<Victim> {
    const victim = new Victim(data, startWorkerd({ data, token: TOKEN, shards: 4 }));
    await victim.running;
    return victim;
  }

  /** The one that runs, or the next when there is none. */
  async client() {
    return createClient({ url: (await this.running).url, token: TOKEN });
  }

  async kill(): Promise<void> {
    const dying = await this.running;
    this.running = dying.kill().then(() =>
      startWorkerd({ data: this.data, token: TOKEN, shards: 4 })
    );
    await this.running;
  }

  async end(): Promise<void> {
    await (await this.running).kill();
  }
}

/** Sends each body until it is acknowledged, as the shipper of a probe does. */
async function probe(victim: Victim, bodies: Body[], acknowledged: () => void): Promise<number> {
  let cut = 0;
  for (const body of bodies) {
    for (;;) {
      try {
        const client = await victim.client();
        const { accepted, duplicates } = await client.postBatch("i", await gunzip(body.bytes));
        equal(accepted + duplicates, 1);
        break;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) throw error;
        const { code, retryable } = error as { code?: string; retryable?: boolean };
        if (code !== "ingest_unreachable" && retryable !== true && !(error instanceof TypeError)) {
          throw error;
        }
        cut++;
      }
    }
    acknowledged();
  }
  return cut;
}

const { why } = await npmToolOrWhy("workerd");
const title = `what workerd acknowledged survives ${KILLS} times kill -9 under load, seed ${seed}`;

Deno.test({
  name: why === undefined ? title : `${title}, not tried: ${why}`,
  ignore: why !== undefined,
  async fn() {
    const data = await Deno.makeTempDir({ prefix: "lasthop-test-" });
    const victim = await Victim.start(data);
    try {
      await survives(victim);
    } finally {
      await victim.end();
      await Deno.remove(data, { recursive: true });
    }
  },
});

async function survives(victim: Victim): Promise<void> {
  const random = randomOf(seed);
  await (await victim.client()).createIncident({ id: "i" });
  const shape = { incident: "i", nodes: PROBES, flows: FLOWS, events: EVENTS, eventsPerBatch: 32 };
  const bodies = [...pings(shape)];
  const queues = Map.groupBy(bodies, ({ node }) => node);

  // The next death comes after so many acknowledgements more; the last one before the last tenth.
  const gapMax = Math.floor(bodies.length * 0.9 / KILLS);
  let untilDeath = 1 + random(gapMax);
  let kills = 0;
  let dying: Promise<void> | null = null;
  const failed = Promise.withResolvers<never>();
  const acknowledged = () => {
    if (kills === KILLS || dying !== null || --untilDeath > 0) return;
    kills++;
    untilDeath = 1 + random(gapMax);
    dying = victim.kill().then(() => void (dying = null));
    dying.catch(failed.reject);
  };
  const probes = [...queues.values()].map((queue) => probe(victim, queue, acknowledged));
  const cuts = await Promise.race([Promise.all(probes), failed.promise]);
  while (kills < KILLS) {
    kills++;
    await victim.kill();
  }
  await dying;

  const client = await victim.client();
  await client.closeIncident("i");
  const { counters } = await client.getIncident("i");
  const { batches, events, evicted, refused } = counters;
  deepEqual({ batches, events, evicted, refused }, {
    batches: bodies.length,
    events: EVENTS,
    evicted: 0,
    refused: 0,
  });
  const report = await client.report("i");
  equal(report.flows.length, FLOWS);
  const packets = EVENTS / 8 / FLOWS;
  for (const flow of report.flows) {
    deepEqual([flow.packets.seen, flow.packets.delivered], [packets, packets], flow.id);
  }
  const file = new Response(await client.downloadArchive("i"));
  const lines = (await gunzip(new Uint8Array(await file.arrayBuffer()))).trim().split("\n");
  const archived = lines.filter((line) => !line.startsWith("{"));
  deepEqual([archived.length, new Set(archived).size], [EVENTS, EVENTS]);
  console.log(
    `${bodies.length} batches, ${kills} kills, ${cuts.reduce((a, b) => a + b)} cut posts`,
  );
}
