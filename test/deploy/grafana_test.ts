/** The dashboard asks for what an ingest really tells. */
import { deepEqual, ok } from "node:assert/strict";
import { startIngest } from "../../src/ingest/deno.ts";
import { refusedLine } from "../contract/http_problems.ts";
import { body } from "../contract/lines.ts";
import { clientOf } from "../contract/target.ts";

const FILE = new URL("../../deploy/grafana/lasthop.json", import.meta.url);

interface Dashboard {
  panels: { id: number; title: string; targets: { refId: string; expr: string }[] }[];
  templating: { list: { name: string; query: string | { query: string } }[] };
}

const dashboard: Dashboard = JSON.parse(await Deno.readTextFile(FILE));
const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** Metrics with their labels, as an ingest with a problem tells them. */
async function toldMetrics(): Promise<Map<string, Set<string>>> {
  const rootToken = "a-root-token-of-this-test-alone";
  const listen = { hostname: "127.0.0.1", port: 0 };
  const ingest = await startIngest({ listen, rootToken, allowLoopbackWithoutToken: false });
  try {
    const client = clientOf({ url: ingest.url, rootToken, stop: ingest.stop });
    await client.createIncident({ id: "p" });
    await client.postBatch("p", body({ incident: "p" }, refusedLine(1001, 53)));
    // A scrape waits for a report for some seconds only, and tells what is there.
    await client.report("p");
    const headers = { authorization: `Bearer ${rootToken}` };
    const text = await (await fetch(`${ingest.url}/metrics`, { headers })).text();
    const metrics = new Map<string, Set<string>>();
    for (const [, name = "", labels = ""] of text.matchAll(/^(lasthop_\w+)(\{.*\})? \S+$/gm)) {
      metrics.set(name, new Set([...labels.matchAll(/(\w+)="/g)].map(([, label = ""]) => label)));
    }
    return metrics;
  } finally {
    await ingest.stop();
  }
}

Deno.test("each query of the dashboard is of metrics and labels that the ingest has", async () => {
  const told = await toldMetrics();
  const variables = new Set(dashboard.templating.list.map(({ name }) => name));
  ok(expressions.length > 8);
  for (const expression of expressions) {
    const asked = [...expression.matchAll(/(lasthop_\w+)(?:\{([^}]*)\})?/g)];
    ok(asked.length > 0, expression);
    const labels = [...asked.flatMap(([, , selector = ""]) => [...selector.matchAll(/(\w+)=/g)])]
      .map(([, label = ""]) => label);
    for (const [, by = ""] of expression.matchAll(/by \(([^)]*)\)/g)) {
      labels.push(...by.split(", "));
    }
    for (const [, name = ""] of asked) {
      ok(told.has(name), `${expression}: there is no ${name}`);
      for (const label of labels) {
        ok(told.get(name)!.has(label), `${expression}: no label ${label}`);
      }
      // A counter means nothing by itself, and a gauge has no rate.
      const isRate = new RegExp(`rate\\(${name}[[{]`).test(expression);
      ok(isRate === name.endsWith("_total"), `${expression}: rate of ${name}`);
    }
    for (const [, name = ""] of expression.matchAll(/\$(\w+)/g)) {
      ok(variables.has(name) || name === "__rate_interval", `${expression}: no variable ${name}`);
    }
  }
  for (const { query } of dashboard.templating.list) {
    if (typeof query === "string") continue;
    const [, name = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(query.query) ?? [];
    ok(told.get(name)?.has(label), query.query);
  }
});

Deno.test("panels have ids of their own, a title, and what they ask has a name", () => {
  const ids = dashboard.panels.map(({ id }) => id);
  deepEqual([...new Set(ids)], ids);
  for (const { title, targets } of dashboard.panels) {
    ok(title !== "");
    const names = targets.map(({ refId }) => refId);
    deepEqual([...new Set(names)], names);
  }
});
