/** Who did what: everything that was changed, reading once an hour, nothing secret. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Audit } from "../../src/ingest/routes/audit.ts";
import type { HttpTest } from "./http.ts";
import { body, hopLine } from "./lines.ts";
import { ask, clientOf, postLines, problem, type Target } from "./target.ts";

const auditOf = async (target: Target, path: string): Promise<Audit> =>
  Audit.parse(await (await ask(target, "GET", path)).json());

/** `token action incident outcome`, oldest first. */
async function told(target: Target, path = "/v1/audit?limit=1000"): Promise<string[]> {
  const { entries } = await auditOf(target, path);
  return entries.map(({ token, action, incident, outcome }) =>
    `${token} ${action} ${incident} ${outcome}`
  ).reverse();
}

export function auditContract(test: HttpTest): void {
  readingContract(test);
  refusedContract(test);
  test("every change is told with who made it, and outlives the incident", async (target) => {
    const root = clientOf(target);
    const { id, token } = await root.createToken("i", { role: "operator" });
    const own = clientOf(target, token);
    const viewer = await own.createToken("i", { role: "viewer" });
    await own.deleteToken("i", viewer.id);
    await own.closeIncident("i");
    const file = new Uint8Array(await new Response(await own.downloadArchive("i")).arrayBuffer());
    await root.uploadArchive("copy", file);
    await own.deleteIncident("i");
    deepEqual(await told(target, "/v1/incidents/i/audit"), [
      "root incident.create i ok",
      "root token.create i ok",
      `${id} token.create i ok`,
      `${id} token.revoke i ok`,
      `${id} incident.close i ok`,
      `${id} archive.read i ok`,
      `${id} incident.delete i ok`,
    ]);
    deepEqual((await told(target)).filter((line) => line.includes("archive.import")), [
      "root archive.import copy ok",
    ]);
    const { entries } = await root.audit("i");
    const subjects = entries.filter(({ action }) => action.startsWith("token")).reverse();
    deepEqual(subjects.map(({ subject }) => subject), [id, viewer.id, viewer.id]);
    deepEqual(entries[0]!.role, "operator");
    ok(Math.abs(Date.parse(entries[0]!.at) - Date.now()) < 60_000, entries[0]!.at);
    const text = JSON.stringify(await root.audit(null, { limit: 1000 }));
    for (const secret of [target.rootToken, token.split(".")[2]!, viewer.token.split(".")[2]!]) {
      ok(!text.includes(secret));
    }
  });

  test("a name spelled otherwise in the path is told as what it is", async (target) => {
    equal((await ask(target, "DELETE", "/v1/incidents/%69")).status, 204);
    ok((await told(target)).includes("root incident.delete i ok"));
  });

  test("the audit is read in pages", async (target) => {
    for (const id of ["a", "b", "c", "d"]) await clientOf(target).createIncident({ id });
    const seen: (string | null)[] = [];
    for (let next: number | null = 1_000_000; next !== null;) {
      const page = await auditOf(target, `/v1/audit?limit=2&before=${next}`);
      seen.push(...page.entries.map(({ incident }) => incident));
      next = page.next;
    }
    // The first reading of the audit stands in the later pages' newest, which are before it.
    deepEqual(seen.filter((id) => id !== null), ["d", "c", "b", "a", "i"]);
    for (const query of ["limit=0", "limit=1001", "limit=x", "before=0", "before=-1"]) {
      await problem(await ask(target, "GET", `/v1/audit?${query}`), 400, "query_invalid");
    }
    await problem(await ask(target, "GET", "/v1/incidents/none/audit"), 404, "incident_missing");
  });
}

function readingContract(test: HttpTest): void {
  test("a poll is one entry, and so are a probe's batches", async (target) => {
    const root = clientOf(target);
    const viewer = await root.createToken("i", { role: "viewer" });
    const probe = await root.createToken("i", { role: "probe" });
    for (let sequence = 0; sequence < 20; sequence++) {
      await clientOf(target, viewer.token).report("i");
      await clientOf(target, probe.token).postBatch("i", body({ sequence }, hopLine(sequence)));
    }
    await root.report("i");
    const lines = await told(target);
    deepEqual(lines.filter((line) => /report|batches/.test(line)), [
      `${viewer.id} report.read i ok`,
      `${probe.id} batches.write i ok`,
      "root report.read i ok",
    ]);
  });

  test("at its limits the audit loses reading first, and counts it", async (target) => {
    const root = clientOf(target);
    for (let i = 0; i < 4; i++) {
      const { token } = await root.createToken("i", { role: "viewer" });
      await clientOf(target, token).report("i");
    }
    const { entries, evicted } = await root.audit("i");
    equal(entries.filter(({ action }) => action === "report.read").length, 2);
    equal(entries.filter(({ action }) => action === "token.create").length, 4);
    equal(evicted, 2);
  }, { limits: { store: { auditReadsMax: 2 } } });

  test(
    "what has been closed for long enough is deleted by the ingest, which says so",
    async (t) => {
      const root = clientOf(t);
      await root.createIncident({ id: "open" });
      const file = new Uint8Array(
        await new Response(await root.downloadArchive("i")).arrayBuffer(),
      );
      await root.closeIncident("i");
      for (;;) {
        const response = await ask(t, "GET", "/v1/incidents/i");
        await response.body?.cancel();
        if (response.status === 404) break;
        equal(response.status, 200);
      }
      ok((await told(t)).includes("ingest incident.expire i ok"));
      await root.uploadArchive("again", file);
      deepEqual((await root.listIncidents()).map(({ id }) => id).sort(), ["again", "open"]);
    },
    { limits: { closedKeepDays: 1e-7, sweepMs: 20 } },
  );
}

function refusedContract(test: HttpTest): void {
  test("tries that were refused are told, once for all the names one tries", async (target) => {
    const root = clientOf(target);
    const viewer = await root.createToken("i", { role: "viewer" });
    const headers = { authorization: `Bearer ${viewer.token}` };
    for (let i = 0; i < 5; i++) {
      for (const id of ["i", `other-${i}`, "<b>"]) {
        const path = `/v1/incidents/${encodeURIComponent(id)}`;
        await (await ask(target, "DELETE", path, { headers })).body?.cancel();
      }
    }
    await problem(await postLines(target, "i", "x", headers), 403, "role_insufficient");
    const own = (await told(target)).filter((line) => line.startsWith(viewer.id));
    deepEqual(own, [
      `${viewer.id} incident.delete i role_insufficient`,
      `${viewer.id} incident.delete null incident_missing`,
      `${viewer.id} batches.write i role_insufficient`,
    ]);
    match((await told(target))[0]!, /^root incident\.create i ok$/);
  });

  test("a token that has expired is told by its name", async (target) => {
    const wanted = { role: "viewer", expiresInSeconds: 1 } as const;
    const { id, token, expiresAt } = await clientOf(target).createToken("i", wanted);
    const headers = { authorization: `Bearer ${token}` };
    while (Date.now() <= Date.parse(expiresAt!)) {
      await (await ask(target, "GET", "/v1/incidents/i")).body?.cancel();
    }
    const late = await ask(target, "GET", "/v1/incidents/i/report", { headers });
    await problem(late, 401, "token_expired");
    ok((await told(target)).includes(`${id} report.read i token_expired`));
  });

  test("only operators read the audit", async (target) => {
    for (const role of ["viewer", "probe"] as const) {
      const { token } = await clientOf(target).createToken(null, { role });
      const headers = { authorization: `Bearer ${token}` };
      for (const path of ["/v1/audit", "/v1/incidents/i/audit"]) {
        await problem(await ask(target, "GET", path, { headers }), 403, "role_insufficient");
      }
    }
    const { token } = await clientOf(target).createToken("i", { role: "operator" });
    const headers = { authorization: `Bearer ${token}` };
    await problem(
      await ask(target, "GET", "/v1/audit", { headers }),
      403,
      "token_other_incident",
    );
    equal((await ask(target, "GET", "/v1/incidents/i/audit", { headers })).status, 200);
  });
}
