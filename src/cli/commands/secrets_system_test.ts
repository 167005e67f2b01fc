/** No secret leaves the process but in the answer that mints it. */
import { equal, ok } from "node:assert/strict";
import { body, hopLine } from "../../../test/contract/lines.ts";
import { runLasthop, startLasthop } from "../../../test/fake/lasthop.ts";
import { createApp } from "../../ingest/app.ts";
import { createClient } from "../../ingest/client/client.ts";
import { systemClock } from "../../ingest/clock.ts";
import { Hub } from "../../ingest/live/hub.ts";
import { limitsWith } from "../../ingest/limits.ts";
import { MemoryStore } from "../../ingest/stores/memory_store.ts";
import { OPERATIONS } from "../../ingest/routes/operations.ts";

const ROOT = "root-secret-5f0c1d7e";

/** One request of each operation, as well as each can be made. */
async function askEverything(url: string, token: string): Promise<string> {
  const authorization = `Bearer ${token}`;
  const bodies: Record<string, string> = {
    "/v1/incidents": `{"id":"made-${crypto.randomUUID()}"}`,
    "/v1/incidents/{id}/batches": body({}, hopLine(1), "broken"),
    "/v1/incidents/{id}/tokens": '{"role":"viewer"}',
    "/v1/tokens": '{"role":"viewer"}',
  };
  let answers = "";
  for (const { method, path } of OPERATIONS) {
    // The incident is needed to the end.
    if (method === "delete" && path === "/v1/incidents/{id}") continue;
    const where = path.replace("{id}", "i").replace("{token}", "none").replace("{flow}", "none");
    const sent = method === "post" ? { body: bodies[path] ?? "{}" } : {};
    const init = { method: method.toUpperCase(), headers: { authorization }, ...sent };
    const response = await fetch(`${url}${where}`, init);
    if (path.endsWith("/live")) {
      await response.body?.cancel();
      continue;
    }
    // One that failed inside may break off.
    const text = await response.text().catch(() => "");
    if (!path.endsWith("/tokens")) answers += text;
  }
  return answers;
}

Deno.test("secrets: everything is done, and no log, file, figure or answer holds one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-secrets-" });
  try {
    const env = { LASTHOP_TOKEN: ROOT };
    const data = `${folder}/data`;
    const listen = ["--listen", "127.0.0.1:0", "--data", data];
    const server = await startLasthop(["serve", ...listen], { env });
    const url = await server.finds(/http:\/\/127\.0\.0\.1:\d+/);
    const client = createClient({ url, token: ROOT });
    await client.createIncident({ id: "i" });
    const minted = await Promise.all([
      client.createToken("i", { role: "probe" }),
      client.createToken("i", { role: "operator" }),
      client.createToken(null, { role: "viewer", expiresInSeconds: 1 }),
    ]);
    const tokens = [ROOT, ...minted.map(({ token }) => token), "lh.wrong.secret-that-is-wrong"];
    let said = "";
    for (const token of tokens) said += await askEverything(url, token);
    for (const args of [["list"], ["report", "--incident", "i", "--json"], ["watch", "--json"]]) {
      const asked = [...args, "--ingest", `${url}/none`, "--token", ROOT];
      const { stdout, stderr } = await runLasthop(asked);
      said += stdout + stderr;
    }
    await client.deleteToken("i", minted[0]!.id);
    const { stdout, stderr } = await server.end("SIGTERM");
    said += stdout + stderr;
    const decoder = new TextDecoder("latin1");
    for await (const { name } of Deno.readDir(data)) {
      said += decoder.decode(await Deno.readFile(`${data}/${name}`));
    }
    ok(said.includes(minted[1]!.id), "what is looked through has the tokens' ids in it");
    for (const token of tokens) {
      const secret = token.split(".").at(-1)!;
      equal(said.includes(secret), false, secret);
      equal(said.includes(btoa(secret)), false, secret);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("secrets: a failure inside is logged without them, wherever it happens", async () => {
  const limits = limitsWith();
  const log: string[] = [];
  const store = new MemoryStore(limits.store);
  const methods = Object.getOwnPropertyNames(MemoryStore.prototype)
    .filter((name) => name !== "constructor" && name !== "close");
  const parts = { store, clock: systemClock, limits, log: (line: string) => log.push(line) };
  const auth = { rootToken: ROOT, allowLoopbackWithoutToken: false };
  const app = createApp({ ...parts, hub: new Hub(parts), auth });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => app.fetch(request, {}),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const client = createClient({ url, token: ROOT });
  await client.createIncident({ id: "i" });
  const { token } = await client.createToken("i", { role: "operator" });
  for (const name of methods) {
    Object.defineProperty(store, name, {
      configurable: true,
      value: (...given: unknown[]) => {
        throw new Error(`${name} failed of ${JSON.stringify(given)}`);
      },
    });
    for (const asking of [ROOT, token]) await askEverything(url, asking);
    Reflect.deleteProperty(store, name);
  }
  await server.shutdown();
  ok(log.length > 20, `${log.length} lines`);
  for (const name of ["appendAll", "getToken", "appendAudit", "listIncidents"]) {
    ok(log.some((line) => line.includes(`${name} failed of`)), name);
  }
  for (const secret of [ROOT, token.split(".").at(-1)!]) {
    equal(log.some((line) => line.includes(secret)), false);
  }
});

Deno.test("secrets: no operation takes one in its path or query", () => {
  const named = OPERATIONS.flatMap(({ path, query = {} }) => [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
    ...Object.keys(query),
  ]);
  // `{token}` is its id, which is no secret.
  equal(
    [...new Set(named)].sort().join(),
    "before,cause,filter,flow,format,id,limit,outcome,partial,since,token,wait",
  );
});
