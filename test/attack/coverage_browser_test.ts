/** What a probe could not watch, or could not say, stands in the terminal's report and on the page. */
import { equal, match, ok } from "node:assert/strict";
import { lasthop } from "../../src/cli/asking/testing.ts";
import { createClient } from "../../src/ingest/client/client.ts";
import { startIngest } from "../../src/ingest/deno.ts";
import { bundleWeb } from "../../src/web/bundle.ts";
import { inChromium, openPage } from "../../src/web/fixture/browser.ts";
import { headerLine } from "../contract/lines.ts";

const TOKEN = "root-token-of-the-attack";
const WALL_MS = 1_700_000_000_000;

/** A batch of a run that watched from one second to another, without events. */
function batch(
  node: string,
  probe: string,
  sequence: number,
  [from, until]: [number, number],
  final: boolean,
): string {
  const attachedNs = `${from}000000000`;
  const clock = { monotonicNs: attachedNs, wallMs: WALL_MS + from * 1_000 };
  const times = { attachedNs, untilNs: `${until}000000000`, clock };
  return `${
    headerLine({ incident: "i", node, probe: `${node}-${probe}`, sequence, final, ...times })
  }\n`;
}

const BODIES: Record<string, string[]> = {
  twice: [
    batch("twice", "a", 0, [10, 60], true),
    batch("twice", "b", 0, [20, 50], true),
  ],
  again: [batch("again", "a", 0, [10, 20], true), batch("again", "b", 0, [40, 50], true)],
  killed: [batch("killed", "a", 0, [10, 20], false)],
  remade: [batch("remade", "a", 7, [10, 20], true)],
  whole: [batch("whole", "a", 0, [10, 20], true)],
};

const SAID: Record<string, RegExp> = {
  twice: /2 probes of this name, and some at the same time: one name, two machines\?/,
  again: /its probe was started 2 times: in between nobody watched/,
  killed: /its probe sent no last batch: what was lost before its end is not known/,
  remade: /the first 7 batches have not come: they were lost, or the incident was deleted/,
};

/** A text in which lines may have been broken anywhere. */
const joined = (text: string) => text.replace(/\s*\n\s*!?\s*/g, " ");

Deno.test({
  ...inChromium(
    "coverage: two probes of a name, a restart, a death and a remade incident are shown",
  ),
  async fn() {
    const ingest = await startIngest({
      listen: { hostname: "127.0.0.1", port: 0 },
      rootToken: TOKEN,
      allowLoopbackWithoutToken: false,
      webAssets: await bundleWeb(),
      log: () => {},
    });
    const client = createClient({ url: ingest.url, token: TOKEN });
    await client.createIncident({ id: "i" });
    for (const body of Object.values(BODIES).flat()) await client.postBatch("i", body);
    await client.closeIncident("i");
    const { page, close } = await openPage(`${ingest.url}/incidents/i#token=${TOKEN}`);
    try {
      const asked = ["report", "--incident", "i", "--ingest", ingest.url];
      const { code, stdout, stderr } = await lasthop(asked, { LASTHOP_TOKEN: TOKEN });
      equal(code, 0, stderr);
      const coverage = joined(stdout.slice(stdout.indexOf("Coverage")));
      await page.locator(".nodes .node").first().waitFor({ state: "attached" });
      const nodes = await page.locator(".nodes .node").evaluateAll((items) =>
        items.map(({ textContent }) => textContent ?? "")
      );
      equal(nodes.length, Object.keys(BODIES).length);
      for (const [node, sentence] of Object.entries(SAID)) {
        match(coverage, sentence);
        const own = nodes.find((text) => text.startsWith(node)) ?? "";
        match(own, /watched with gaps/, node);
        match(own, sentence, node);
      }
      const whole = nodes.find((text) => text.startsWith("whole"));
      ok(whole !== undefined && !/watched with gaps/.test(whole));
    } finally {
      await close();
      await ingest.stop();
    }
  },
});
