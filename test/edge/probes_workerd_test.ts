/** A share of what `deno task bench:edge --probes 1000` measures: many probes in one incident. */
import { deepEqual, equal } from "node:assert/strict";
import { createClient } from "../../src/ingest/client/client.ts";
import { startRelay } from "../../src/relay/relay.ts";
import { LoadProbes, tokensFor } from "../bench/edge/load_probes.ts";
import { startWorkerd } from "./workerd.ts";

const SHAPE = { incident: "i", probes: 40, active: 6, packetsPerSecond: 4, flows: 6 };

// Time limits of requests are timers that are left to run out.
const own = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "forty probes on workerd, half of the time by a relay: all is taken, nobody is refused",
  own,
  async () => {
    const workerd = await startWorkerd({ limits: { requestsPerSecond: 1e6, requestsBurst: 1e6 } });
    const folder = await Deno.makeTempDir();
    const listen = { hostname: "127.0.0.1", port: 0 };
    const notices: string[] = [];
    const onNotice = (text: string) => void notices.push(text);
    const relay = await startRelay({
      ...{ ingest: workerd.url, listen, spool: `${folder}/spool`, spoolBytesMax: 1e8, onNotice },
    });
    try {
      const client = createClient({ url: workerd.url, token: workerd.rootToken });
      for (const [incident, url] of [["i", workerd.url], ["by-relay", relay.url]] as const) {
        await client.createIncident({ id: incident });
        const tokens = await tokensFor(client, incident, SHAPE.probes);
        const load = new LoadProbes({ ...SHAPE, incident }, url, tokens);
        for (let ms = 0; ms <= 4_000; ms += 100) load.tick(ms);
        equal(await load.end(60_000), 0);
        const { counters } = await client.getIncident(incident);
        const { batches, events } = load.figures;
        deepEqual([counters.batches, counters.events, load.figures.notices], [batches, events, []]);
        await client.closeIncident(incident);
        const report = await client.report(incident);
        equal(report.nodes.length, SHAPE.probes);
        deepEqual(new Set(report.flows.map(({ outcome }) => outcome)), new Set(["delivered"]));
      }
      deepEqual(notices, []);
    } finally {
      await relay.stop();
      await workerd.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
);
