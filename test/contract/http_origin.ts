/** What pages of other sites may do: nothing, unless they are named. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { HttpTest } from "./http.ts";
import { ask, problem, rawRequest, readText, type Target } from "./target.ts";

const FRIEND = "https://dash.example";

/** What a browser asks before it sends a request with a token to another site. */
async function preflight(target: Target, origin: string): Promise<string> {
  const connection = await rawRequest(target, "OPTIONS /v1/incidents/i/report", {
    authorization: "",
    origin,
    connection: "close",
    "access-control-request-method": "GET",
    "access-control-request-headers": "authorization",
  });
  const text = await readText(connection);
  connection.close();
  return text.toLowerCase();
}

const corsOf = ({ headers }: Response) =>
  [...headers].filter(([name]) => name.startsWith("access-control-"));

export function originContract(test: HttpTest): void {
  test("without a list no site is let in", async (target) => {
    const text = await preflight(target, FRIEND);
    match(text, /^http\/1\.1 401 /);
    ok(!text.includes("access-control-"), text);
    const response = await ask(target, "GET", "/v1/incidents", { headers: { origin: FRIEND } });
    await response.body?.cancel();
    deepEqual(corsOf(response), []);
  });

  test("a site of the list may use the API with a token, and no other may", async (target) => {
    const text = await preflight(target, FRIEND);
    match(text, /^http\/1\.1 204 /);
    match(text, /\r\naccess-control-allow-origin: https:\/\/dash\.example\r\n/);
    match(text, /\r\naccess-control-allow-headers: [^\r]*authorization/);
    ok(!text.includes("access-control-allow-credentials"), text);
    for (const origin of ["https://evil.example", "null", `${FRIEND}.evil.example`, "*"]) {
      ok(!(await preflight(target, origin)).includes("access-control-allow-origin"), origin);
      const response = await ask(target, "GET", "/v1/incidents", { headers: { origin } });
      equal(response.headers.get("access-control-allow-origin"), null, origin);
      match(response.headers.get("vary") ?? "", /origin/i);
      await response.body?.cancel();
    }
    const headers = { origin: FRIEND };
    const answer = await ask(target, "GET", "/v1/incidents/i", { headers });
    equal(answer.headers.get("access-control-allow-origin"), FRIEND);
    equal((await answer.json()).id, "i");
    const refused = await fetch(`${target.url}/v1/incidents/i`, { headers });
    equal(refused.headers.get("access-control-allow-origin"), FRIEND);
    await problem(refused, 401, "token_missing");
  }, { allowOrigins: [FRIEND] });

  test("every answer lets a page run nothing but this ingest's own files", async (target) => {
    const paths = ["/", "/incidents/i", "/v1/incidents", "/v1/openapi.json", "/healthz", "/none"];
    for (const path of paths) {
      const response = await ask(target, "GET", path);
      await response.body?.cancel();
      const policy = response.headers.get("content-security-policy") ?? "";
      match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/, path);
      match(policy, /frame-ancestors 'none'; base-uri 'none'; form-action 'none'$/, path);
      ok(!/unsafe|\*|https?:/.test(policy), policy);
      equal(response.headers.get("x-content-type-options"), "nosniff", path);
      equal(response.headers.get("referrer-policy"), "no-referrer", path);
    }
  });
}
