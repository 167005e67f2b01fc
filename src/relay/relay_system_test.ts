/** A relay between probes and an ingest, with the real client, shipper and batcher of a probe. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { LoadProbes, tokensFor } from "../../test/bench/edge/load_probes.ts";
import { body, headerLine, hopLine } from "../../test/contract/lines.ts";
import { createClient, type IngestClient, IngestError } from "../ingest/client/client.ts";
import { type Ingest, startIngest } from "../ingest/deno.ts";
import { startRelay } from "./relay.ts";

const SHAPE = { incident: "i", probes: 12, active: 4, packetsPerSecond: 20, flows: 5 };

interface Parts {
  folder: string;
  onNotice: (text: string) => void;
  notices: string[];
}

async function inFolder(run: (parts: Parts) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-relay-" });
  const notices: string[] = [];
  try {
    await run({ folder, notices, onNotice: (text) => void notices.push(text) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ingestIn = (folder: string, port = 0): Promise<Ingest> =>
  startIngest({
    listen: { hostname: "127.0.0.1", port },
    dataDir: `${folder}/data`,
    rootToken: "root",
    allowLoopbackWithoutToken: false,
    limits: { requestsPerSecond: 1e6, requestsBurst: 1e6 },
  });

const relayTo = ({ folder, onNotice }: Parts, ingest: string, spoolBytesMax = 1e8) =>
  startRelay({
    ...{ ingest, onNotice, spoolBytesMax, spool: `${folder}/spool` },
    listen: { hostname: "127.0.0.1", port: 0 },
  });

const figures = async (url: string) => await (await fetch(`${url}/healthz`)).json();

const refusalOf = async (asked: Promise<unknown>): Promise<IngestError> => {
  const error = await asked.then(() => null, (error) => error);
  ok(error instanceof IngestError, String(error));
  return error;
};

// Time limits of requests are timers that are left to run out.
const own = { sanitizeOps: false, sanitizeResources: false };

async function mustHaveAll(client: IngestClient, load: LoadProbes): Promise<void> {
  const { counters } = await client.getIncident("i");
  const { batches, events } = load.figures;
  deepEqual([counters.batches, counters.events], [batches, events]);
  const report = await client.report("i");
  equal(report.nodes.length, SHAPE.probes);
  deepEqual(report.flows.map(({ outcome }) => outcome), Array(SHAPE.flows).fill("delivered"));
}

Deno.test(
  "relay: many probes are few bodies, and the report is that of their batches",
  own,
  () =>
    inFolder(async (parts) => {
      const ingest = await ingestIn(parts.folder);
      const relay = await relayTo(parts, ingest.url);
      try {
        const client = createClient({ url: ingest.url, token: "root" });
        await client.createIncident({ id: "i" });
        const load = new LoadProbes(SHAPE, relay.url, await tokensFor(client, "i", SHAPE.probes));
        for (let ms = 0; ms <= 3_000; ms += 100) load.tick(ms);
        equal(await load.end(30_000), 0);
        await mustHaveAll(client, load);
        const { bodies, batches, lost } = await figures(relay.url);
        deepEqual([batches, lost], [load.figures.batches, 0]);
        ok(bodies * 3 < batches, `${batches} batches in ${bodies} bodies`);
      } finally {
        await relay.stop();
        await ingest.stop();
      }
    }),
);

Deno.test(
  "relay: an ingest that goes away and comes back has everything, the relay's restart between",
  own,
  () =>
    inFolder(async (parts) => {
      let ingest = await ingestIn(parts.folder);
      const { url } = ingest;
      let relay = await relayTo(parts, url);
      try {
        const first = createClient({ url, token: "root" });
        await first.createIncident({ id: "i" });
        const tokens = await tokensFor(first, "i", SHAPE.probes);
        const load = new LoadProbes(SHAPE, relay.url, tokens);
        for (let ms = 0; ms <= 1_000; ms += 100) load.tick(ms);
        await ingest.stop();
        for (let ms = 1_100; ms <= 4_000; ms += 100) load.tick(ms);
        equal(await load.end(60_000), 0);
        const { spooled, lost, spoolBytes } = await figures(relay.url);
        ok(spooled > 0 && spoolBytes > 0);
        equal(lost, 0);
        await relay.stop();
        ingest = await ingestIn(parts.folder, Number(new URL(url).port));
        relay = await relayTo(parts, url);
        while ((await figures(relay.url)).spoolBytes > 0);
        await mustHaveAll(createClient({ url, token: "root" }), load);
      } finally {
        await relay.stop();
        await ingest.stop();
      }
    }),
);

Deno.test(
  "relay: a refused token is refused for its own probe alone, and a full spool takes nothing",
  own,
  () =>
    inFolder(async (parts) => {
      const ingest = await ingestIn(parts.folder);
      const relay = await relayTo(parts, ingest.url, 1);
      let isUp = true;
      try {
        const client = createClient({ url: ingest.url, token: "root" });
        await client.createIncident({ id: "i" });
        await client.createIncident({ id: "other" });
        const [good, other] = [
          await client.createToken("i", { role: "probe" }),
          await client.createToken("other", { role: "probe" }),
        ];
        const viewer = await client.createToken("i", { role: "viewer" });
        const post = (token: string, sequence: number) =>
          createClient({ url: relay.url, token })
            .postBatch("i", body({ sequence, probe: `p${sequence}` }, hopLine(sequence)));
        // Sent together: the first of a body is the one whose token the whole body came with.
        const sent = ["lh.no.one", good.token, other.token, viewer.token, good.token].map(post);
        equal((await refusalOf(sent[0]!)).code, "token_wrong");
        equal((await sent[1]!).accepted, 1);
        equal((await refusalOf(sent[2]!)).code, "token_other_incident");
        equal((await refusalOf(sent[3]!)).code, "role_insufficient");
        equal((await sent[4]!).accepted, 1);
        equal((await post(good.token, 1)).duplicates, 1);
        const empty = createClient({ url: relay.url, token: good.token }).postBatch("i", "");
        equal((await refusalOf(empty)).code, "nothing_accepted");
        const bare = await fetch(`${relay.url}/v1/incidents/i/batches`, {
          method: "POST",
          body: "",
        });
        equal((await bare.json()).code, "token_missing");
        const forged =
          `${headerLine()}\n{"kind":"sender","version":1,"incident":"i","token":"x"}\n`;
        const forger = createClient({ url: relay.url, token: good.token }).postBatch("i", forged);
        equal((await refusalOf(forger)).code, "lines_refused");

        const { token: code } = await client.createToken("i", { role: "join", nodesMax: 2 });
        const joined = await createClient({ url: relay.url, token: code }).join("a-node");
        equal((await post(joined.token, 9)).accepted, 1);
        await client.closeIncident("i");
        equal((await refusalOf(post(good.token, 20))).code, "incident_closed");

        await ingest.stop();
        isUp = false;
        // The first is kept; then the spool, which may hold one byte, is full.
        equal((await post(good.token, 30)).accepted, 1);
        const refused = await refusalOf(post(good.token, 31));
        deepEqual([refused.status, refused.code, refused.retryable], [503, "relay_busy", true]);
        match(parts.notices.join("\n"), /Cannot reach the ingest/);
      } finally {
        await relay.stop();
        if (isUp) await ingest.stop();
      }
    }),
);

Deno.test(
  "relay: an ingest that knows no relays is sent a body for each sender",
  own,
  () =>
    inFolder(async (parts) => {
      const ingest = await ingestIn(parts.folder);
      const before = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/v1/relayed") {
          return Response.json({ code: "path_missing" }, { status: 404 });
        }
        return fetch(new Request(ingest.url + pathname, request));
      });
      const relay = await relayTo(parts, `http://127.0.0.1:${before.addr.port}`);
      try {
        const client = createClient({ url: ingest.url, token: "root" });
        await client.createIncident({ id: "i" });
        const load = new LoadProbes(SHAPE, relay.url, await tokensFor(client, "i", SHAPE.probes));
        for (let ms = 0; ms <= 1_000; ms += 100) load.tick(ms);
        equal(await load.end(30_000), 0);
        await mustHaveAll(client, load);
      } finally {
        await relay.stop();
        await before.shutdown();
        await ingest.stop();
      }
    }),
);

Deno.test(
  "relay: a probe behind it is told the secret that its incident's other probes have",
  own,
  () =>
    inFolder(async (parts) => {
      const ingest = await ingestIn(parts.folder);
      const relay = await relayTo(parts, ingest.url);
      try {
        const operator = createClient({ url: ingest.url, token: "root" });
        await operator.createIncident({ id: "i" });
        const { token } = await operator.createToken("i", { role: "probe" });
        const behind = createClient({ url: relay.url, token });
        deepEqual(await behind.secret("i"), await operator.secret("i"));
        const refused = await refusalOf(createClient({ url: relay.url, token: "no" }).secret("i"));
        equal(refused.code, "token_wrong");
      } finally {
        await relay.stop();
        await ingest.stop();
      }
    }),
);
