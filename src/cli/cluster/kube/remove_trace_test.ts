import { deepEqual, equal, match } from "node:assert/strict";
import { removeTrace } from "./remove_trace.ts";

const ENV: Record<string, string> = {
  KUBERNETES_SERVICE_HOST: "10.96.0.1",
  KUBERNETES_SERVICE_PORT: "443",
};

/** What was asked of an API that gives these answers, one after the other. */
async function asked(what: string, answers: number[], env = ENV) {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-account-" });
  const calls: { method?: string; url: string; token: string | null }[] = [];
  const said: string[] = [];
  try {
    await Deno.writeTextFile(`${folder}/token`, "secret\n");
    await Deno.writeTextFile(`${folder}/namespace`, "ops\n");
    await Deno.writeTextFile(`${folder}/ca.crt`, "");
    const doFetch: typeof fetch = (url, init) => {
      const token = new Headers(init?.headers).get("authorization");
      calls.push({ method: init?.method, url: String(url), token });
      return Promise.resolve(new Response(null, { status: answers.shift() ?? 200 }));
    };
    const options = { folder, fetch: doFetch, againMs: 0 };
    await removeTrace(what, (name) => env[name], (text) => said.push(text), options);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return { calls, said };
}

Deno.test("a trace removes its namespace, or the account of its own namespace", async () => {
  const { calls } = await asked("namespaces/lasthop-1", [200]);
  deepEqual(calls, [{
    method: "DELETE",
    url: "https://10.96.0.1:443/api/v1/namespaces/lasthop-1?propagationPolicy=Background",
    token: "Bearer secret",
  }]);
  const own = await asked("serviceaccounts/lasthop-1", [200]);
  match(own.calls[0]!.url, /\/api\/v1\/namespaces\/ops\/serviceaccounts\/lasthop-1\?/);
});

Deno.test("it asks again while the API fails, and not where the right is gone", async () => {
  equal((await asked("namespaces/x", [500, 503, 200])).calls.length, 3);
  equal((await asked("namespaces/x", [403])).calls.length, 1);
  equal((await asked("namespaces/x", [500, 500, 500, 500, 500, 500])).calls.length, 5);
});

Deno.test("out of a pod it removes nothing, and says so", async () => {
  const { calls, said } = await asked("namespaces/x", [], {});
  deepEqual(calls, []);
  match(said[0]!, /this is no pod/);
});
