/** What can be read beside live streams, and what every answer carries. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Report } from "../../src/event/report.ts";
import { IncidentList } from "../../src/ingest/routes/incidents.ts";
import { Overview } from "../../src/ingest/routes/overview.ts";
import { ShownIncident } from "../../src/ingest/routes/shown_incident.ts";
import type { HttpTest } from "./http.ts";
import { body, dropLine, hopLine } from "./lines.ts";
import { ask, clientOf, figure, postLines, problem } from "./target.ts";

export function readContract(test: HttpTest): void {
  openContract(test);
  test("incidents are created, listed, read, closed and deleted", async (target) => {
    const path = "/v1/incidents";
    const made = await ask(target, "POST", path, { body: '{"id":"new","filter":"tcp"}' });
    equal(made.status, 201);
    equal(made.headers.get("location"), "/v1/incidents/new");
    const incident = ShownIncident.parse(await made.json());
    deepEqual([incident.id, incident.filter, incident.closedAt], ["new", "tcp", null]);
    equal(incident.importedAt, null);
    const again = await ask(target, "POST", path, { body: '{"id":"new"}' });
    await problem(again, 409, "incident_exists");
    const { incidents } = IncidentList.parse(await (await ask(target, "GET", path)).json());
    deepEqual(incidents.map(({ id }) => id).sort(), ["i", "new"]);
    const client = clientOf(target);
    const closed = await client.closeIncident("new");
    ok(closed.closedAt !== null);
    deepEqual(await client.closeIncident("new"), closed);
    await client.deleteIncident("new");
    await problem(await ask(target, "GET", `${path}/new`), 404, "incident_missing");
    await problem(await ask(target, "GET", `${path}/new/report`), 404, "incident_missing");
    await problem(await ask(target, "DELETE", `${path}/new`), 404, "incident_missing");
  });

  test("a report is always what was acknowledged before it was asked for", async (target) => {
    const client = clientOf(target);
    for (let sequence = 0; sequence < 20; sequence++) {
      await client.postBatch("i", body({ sequence }, hopLine(sequence), dropLine(sequence, 2)));
      const report = Report.parse(await client.report("i"));
      equal(report.accounting.events, 2 * (sequence + 1));
    }
    const { flows } = await client.report("i");
    deepEqual(flows.map(({ outcome }) => outcome), ["dropped", "in-flight"]);
    await client.closeIncident("i");
    equal((await client.report("i")).flows[1]!.outcome, "delivered");
  });

  test("an overview is what the report adds up to", async (target) => {
    const client = clientOf(target);
    const path = "/v1/incidents/i/overview";
    const read = async () => Overview.parse(await (await ask(target, "GET", path)).json());
    deepEqual((await read()).nodes, []);
    await client.postBatch("i", body({}, hopLine(1), dropLine(2, 2)));
    const { flows, nodes, problems, from } = await client.report("i");
    const overview = await read();
    deepEqual(overview.nodes, nodes.map(({ name }) => name));
    deepEqual([overview.flows, overview.from], [flows.length, from]);
    const { active, ended, healed, unknown } = overview.problems;
    equal(active + ended + healed + unknown, problems.length);
    await problem(await ask(target, "GET", "/v1/incidents/no/overview"), 404, "incident_missing");
  });

  test("one flow can be asked for, whatever is in its id", async (target) => {
    const client = clientOf(target);
    await client.postBatch("i", body({}, hopLine(1)));
    const [flow] = (await client.report("i")).flows;
    deepEqual(await client.flow("i", flow!.id), flow);
    const missing = await ask(target, "GET", "/v1/incidents/i/flows/%3Cscript%3E");
    match(String((await problem(missing, 404, "flow_missing")).detail), /"<script>"/);
  });
}

function openContract(test: HttpTest): void {
  test("what was evicted is counted in the report", async (target) => {
    const client = clientOf(target);
    await client.postBatch("i", body({ sequence: 0 }, hopLine(1), hopLine(2), dropLine(3)));
    equal((await client.report("i")).accounting.events, 3);
    await client.postBatch("i", body({ sequence: 1 }, hopLine(4)));
    const { accounting, flows } = await client.report("i");
    deepEqual([accounting.events, accounting.evicted], [2, 2]);
    equal(flows[0]!.packets.dropped, 1);
  }, { limits: { store: { eventsPerIncidentMax: 3 } } });

  test("the schema, the document and health are open to all", async ({ url }) => {
    const document = await (await fetch(`${url}/v1/openapi.json`)).json();
    equal(document.openapi, "3.1.0");
    const schema = await (await fetch(`${url}/v1/schema/report.json`)).json();
    equal(schema.$id, "urn:lasthop:report:1");
    equal(await (await fetch(`${url}/healthz`)).text(), "ok\n");
  });

  test("metrics count what happened", async (target) => {
    const sent = body({}, hopLine(1), "bad");
    await (await postLines(target, "i", sent)).body?.cancel();
    await (await postLines(target, "i", sent)).body?.cancel();
    const names = ["batches_total", "duplicates_total", "events_total", "refused_total"];
    deepEqual(await Promise.all(names.map((name) => figure(target, name))), [1, 1, 1, 2]);
    ok(await figure(target, "body_bytes_total") >= 2 * sent.length);
    const text = await (await ask(target, "GET", "/metrics")).text();
    for (const line of text.trim().split("\n")) {
      match(
        line,
        /^(# (HELP|TYPE) lasthop_\w+ .+|lasthop_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/,
      );
    }
  });

  test("every answer forbids what a page could be misused for", async (target) => {
    for (const path of ["/", "/v1/incidents", "/none", "/v1/none", "/incidents/i"]) {
      const response = await ask(target, "GET", path);
      await response.body?.cancel();
      const { headers } = response;
      match(headers.get("content-security-policy") ?? "", /default-src 'none'.*script-src 'self'/);
      match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
      equal(headers.get("x-content-type-options"), "nosniff");
      equal(headers.get("referrer-policy"), "no-referrer");
      equal(headers.get("access-control-allow-origin"), null);
    }
    const preflight = await ask(target, "OPTIONS", "/v1/incidents", {
      headers: { origin: "http://evil.example", "access-control-request-method": "POST" },
    });
    await preflight.body?.cancel();
    equal(preflight.headers.get("access-control-allow-origin"), null);
  });

  test("unknown paths and methods are problems too", async (target) => {
    await problem(await ask(target, "GET", "/v1/none"), 404, "path_missing");
    await problem(await ask(target, "GET", "/none.js"), 404, "path_missing");
    await problem(await ask(target, "PUT", "/v1/incidents/i", { body: "{}" }), 404, "path_missing");
    await problem(await ask(target, "GET", "/v1/incidents/%00"), 404, "incident_missing");
  });
}
