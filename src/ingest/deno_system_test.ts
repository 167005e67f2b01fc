import { equal, ok } from "node:assert/strict";
import { httpContract } from "../../test/contract/http.ts";
import { body, dropLine, hopLine } from "../../test/contract/lines.ts";
import { ANALYSES } from "../../test/contract/tally.ts";
import { ask, clientOf, type StartTarget } from "../../test/contract/target.ts";
import { Report } from "../event/report.ts";
import { startIngest } from "./deno.ts";

const rootToken = "root-token-of-a-test";

const start = (dataDir: string | undefined): StartTarget => async (options) => {
  const { limits, allowLoopbackWithoutToken = false, allowOrigins } = options;
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    dataDir,
    rootToken,
    allowLoopbackWithoutToken,
    allowOrigins,
    analyse: ANALYSES[options.analysis ?? "tally"],
    ...(limits === undefined ? {} : { limits }),
  });
  return { url: ingest.url, rootToken, stop: ingest.stop };
};

httpContract("memory", start(undefined));

httpContract("sqlite", async (options) => {
  const dataDir = await Deno.makeTempDir();
  const target = await start(dataDir)(options);
  return {
    ...target,
    async stop() {
      await target.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
});

Deno.test("an archive, replayed through the real analysis, reports byte for byte the same", async () => {
  const dataDir = await Deno.makeTempDir();
  const from = await start(dataDir)({ analysis: "real" });
  const to = await start(undefined)({ analysis: "real" });
  try {
    const client = clientOf(from);
    await client.createIncident({ id: "i" });
    for (let sequence = 0; sequence < 5; sequence++) {
      const node = `node-${sequence % 2}`;
      const times = Array.from({ length: 20 }, (_, i) => sequence * 1000 + i);
      const lines = times.map((time) =>
        time % 7 === 0 ? dropLine(time, 1) : hopLine(time, time % 3)
      );
      await client.postBatch("i", body({ sequence, node, probe: node }, ...lines, "broken"));
    }
    await client.closeIncident("i");
    const report = await (await ask(from, "GET", "/v1/incidents/i/report")).text();
    ok(JSON.parse(report).flows.length > 0, report);
    Report.parse(JSON.parse(report));
    await clientOf(to).uploadArchive("i", await client.downloadArchive("i"));
    equal(await (await ask(to, "GET", "/v1/incidents/i/report")).text(), report);
  } finally {
    await Promise.all([from.stop(), to.stop()]);
    await Deno.remove(dataDir, { recursive: true });
  }
});
