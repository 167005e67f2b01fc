/** The page of `trace`, `demo` and `replay` against another user of this machine. */
import { deepStrictEqual as equal, match, ok } from "node:assert/strict";
import { openLocalIngest, pageOf } from "../../src/cli/capture/local_ingest.ts";

/** Status of a request that the user `nobody` makes with curl. */
async function asNobody(...args: string[]): Promise<number> {
  const { stdout } = await new Deno.Command("setpriv", {
    args: ["--reuid=65534", "--regid=65534", "--clear-groups", "--", "curl", "-s", "-o"]
      .concat("/dev/null", "-w", "%{http_code}", "--max-time", "10", ...args),
  }).output();
  return Number(new TextDecoder().decode(stdout));
}

Deno.test("another user of this machine can't see, forge, end or delete root's trace", async () => {
  const listen = { hostname: "127.0.0.1", port: 0, anyPortIfBusy: false };
  const ingest = await openLocalIngest(listen, () => Promise.resolve(new Map()));
  try {
    await ingest.client.createIncident({ id: "t", title: "trace", filter: "" });
    const at = `${ingest.url}/v1/incidents`;
    const attempts: Record<string, string[]> = {
      list: [at],
      view: [`${at}/t/report`],
      live: [`${at}/t/live`],
      keep: [`${at}/t/archive`],
      forge: ["-X", "POST", "--data-binary", "x", `${at}/t/batches`],
      end: ["-X", "POST", `${at}/t/close`],
      delete: ["-X", "DELETE", `${at}/t`],
      mint: ["-X", "POST", "--json", '{"role":"operator"}', `${at}/t/tokens`],
      metrics: [`${ingest.url}/metrics`],
      guess: ["-H", "authorization: Bearer root", at],
      loopback: ["-H", "host: localhost", "-H", "x-forwarded-for: 127.0.0.1", at],
    };
    for (const [name, args] of Object.entries(attempts)) {
      equal(await asNobody(...args), 401, name);
    }
    equal(await asNobody("-H", `authorization: Bearer ${ingest.token}`, at), 200);
    const page = new URL(pageOf(ingest, "t")!);
    equal(page.hash, `#token=${ingest.token}`);
    match(ingest.token!, /^[0-9a-f-]{36}$/);
    ok(!page.pathname.includes(ingest.token!) && page.search === "");
  } finally {
    await ingest.stop();
  }
});
