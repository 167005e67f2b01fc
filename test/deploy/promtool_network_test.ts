/** What Prometheus' own checker says of /metrics, and of the dashboard's queries. */
import { match, ok, rejects } from "node:assert/strict";
import { startIngest } from "../../src/ingest/deno.ts";
import { refusedLine } from "../contract/http_problems.ts";
import { body } from "../contract/lines.ts";
import { clientOf } from "../contract/target.ts";
import { programOrWhy } from "../debian/unpacked.ts";

const { run, why } = await programOrWhy({
  name: "prometheus",
  program: "usr/bin/promtool",
  withDependencies: false,
});
if (why !== undefined) console.log(`promtool left out: ${why}`);
const ignore = run === undefined;

/** /metrics of an ingest with a problem on a node of this name. */
async function metricsWith(node: string): Promise<string> {
  const rootToken = "a-root-token-of-this-test-alone";
  const listen = { hostname: "127.0.0.1", port: 0 };
  const ingest = await startIngest({ listen, rootToken, allowLoopbackWithoutToken: false });
  try {
    const client = clientOf({ url: ingest.url, rootToken, stop: ingest.stop });
    await client.createIncident({ id: "p" });
    await client.postBatch("p", body({ incident: "p", node }, refusedLine(1001, 53)));
    const headers = { authorization: `Bearer ${rootToken}` };
    return await (await fetch(`${ingest.url}/metrics`, { headers })).text();
  } finally {
    await ingest.stop();
  }
}

Deno.test({
  name: "promtool finds nothing in /metrics, whatever a node is called",
  ignore,
  async fn() {
    for (const node of ["n1", 'a"} 1\nlasthop_evil{x="\\', "ä\u202e{}"]) {
      const text = await metricsWith(node);
      match(text, /^lasthop_problems\{/m);
      await run!(["check", "metrics"], text);
    }
    await rejects(run!(["check", "metrics"], 'lasthop_x{a="} 1\n'));
  },
});

Deno.test({
  name: "promtool reads each query of the dashboard",
  ignore,
  async fn() {
    const file = new URL("../../deploy/grafana/lasthop.json", import.meta.url);
    const { panels } = JSON.parse(await Deno.readTextFile(file)) as {
      panels: { targets: { expr: string }[] }[];
    };
    const rules = (expressions: string[]) =>
      JSON.stringify({
        groups: [{
          name: "dashboard",
          rules: expressions.map((expr, i) => ({ record: `lasthop:query_${i}`, expr })),
        }],
      });
    const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
      .map((expr) => expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$\w+/g, "x"));
    ok(asked.length > 8);
    const read = async (expressions: string[]) => {
      // JSON is YAML, which is what rules are written in.
      const path = await Deno.makeTempFile({ suffix: ".yml" });
      try {
        await Deno.writeTextFile(path, rules(expressions));
        return await run!(["check", "rules", path]);
      } finally {
        await Deno.remove(path);
      }
    };
    match(await read(asked), new RegExp(`SUCCESS: ${asked.length} rules found`));
    await rejects(read(["sum(rate(lasthop_x[5m])"]));
  },
});
