/// <reference lib="dom" />
/** The page behind a proxy that knows people by a cookie, as Cloudflare Access or an OIDC proxy. */
import { deepEqual, equal } from "node:assert/strict";
import { createClient, startIngest } from "../ingest/mod.ts";
import { bundleWeb } from "./bundle.ts";
import { inChromium, openPage } from "./fixture/browser.ts";
import { i1 } from "./fixture/incident_1_2.ts";

const TOKEN = "root-token-of-this-test-0123456789";

/** Lets through who has its cookie, and sends everybody else to a login on another site. */
function identityProxy(target: string) {
  let session = crypto.randomUUID();
  /** Where it sends who has no session; the page must not follow there. */
  const logins: string[] = [];
  const login = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    logins.push(request.headers.get("sec-fetch-dest") ?? "");
    return new Response("sign in");
  });
  let stopAll = new AbortController();
  const handle = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/sign-in") {
      const headers = { location: "/incidents/i1", "set-cookie": `proxy=${session}; HttpOnly` };
      return new Response(null, { status: 302, headers });
    }
    if (request.headers.get("cookie") !== `proxy=${session}`) {
      return Response.redirect(`http://127.0.0.1:${login.addr.port}/`);
    }
    const headers = new Headers(request.headers);
    headers.set("x-forwarded-for", "203.0.113.9");
    const { method, body } = request;
    const answer = await fetch(target + pathname + search, { method, headers, body });
    const { signal } = stopAll;
    const sent = answer.body?.pipeThrough(new TransformStream(), { signal }) ?? null;
    return new Response(sent, answer);
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    logins,
    /** Sessions end, and with them the streams they opened. */
    endSessions() {
      session = crypto.randomUUID();
      stopAll.abort();
      stopAll = new AbortController();
    },
    async stop() {
      stopAll.abort();
      await Promise.all([server.shutdown(), login.shutdown()]);
    },
  };
}

Deno.test({
  ...inChromium("behind an identity proxy the page works, and says when to sign in again"),
  async fn() {
    const ingest = await startIngest({
      listen: { hostname: "127.0.0.1", port: 0 },
      rootToken: TOKEN,
      // Who came through a proxy is no person at this machine.
      allowLoopbackWithoutToken: true,
      webAssets: await bundleWeb(),
      analyse: ({ incident }) => ({ ...i1(), incident }),
      log: () => {},
    });
    const client = createClient({ url: ingest.url, token: TOKEN });
    await client.createIncident({ id: "i1" });
    const { token } = await client.createToken("i1", { role: "viewer" });
    const proxy = identityProxy(ingest.url);
    const { page, faults, close } = await openPage(`${proxy.url}/sign-in`);
    try {
      await page.fill("input[name=token]", token);
      await page.keyboard.press("Enter");
      const verdict = page.locator(".verdict h2", { hasText: "Dropped at" });
      await verdict.waitFor();
      proxy.endSessions();
      const state = page.locator(".state.disconnected .why", { hasText: "asks to sign in" });
      await state.waitFor();
      equal(await verdict.count(), 1, "what was known stays");
      // Signing in anywhere in this browser is enough: the page has never stopped asking.
      const other = await page.context().newPage();
      await other.goto(`${proxy.url}/sign-in`);
      await page.locator(".state.live").waitFor();
      deepEqual(proxy.logins, []);
      // The page asking for its token, the stream that was cut, the redirect that was not followed.
      const expected = /401|ERR_INCOMPLETE_CHUNKED_ENCODING|^request: /;
      deepEqual(faults.filter((fault) => !expected.test(fault)), []);
    } finally {
      await close();
      await proxy.stop();
      await ingest.stop();
    }
  },
});
