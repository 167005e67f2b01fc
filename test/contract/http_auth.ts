/** Who may do what, and what a stranger gets to see. */
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { SecretAnswer } from "../../src/ingest/routes/secret.ts";
import { MintedToken, TokenList } from "../../src/ingest/routes/tokens.ts";
import type { HttpTest } from "./http.ts";
import { body, hopLine } from "./lines.ts";
import { ask, clientOf, problem, rawRequest, readText, type Target } from "./target.ts";

/** Every kind of request, with who may make it beside an operator. */
const REQUESTS: [method: string, path: string, role: "probe" | "viewer" | null, body?: string][] = [
  ["GET", "/v1/incidents", "viewer"],
  ["GET", "/v1/incidents/i", "viewer"],
  ["GET", "/v1/incidents/i/report", "viewer"],
  ["GET", "/v1/incidents/i/flows/none", "viewer"],
  ["GET", "/v1/incidents/i/live", "viewer"],
  ["GET", "/v1/incidents/i/archive", "viewer"],
  ["POST", "/v1/incidents/i/batches", "probe", body({}, hopLine(1))],
  ["POST", "/v1/incidents/i/state", "probe", body({}, hopLine(1))],
  ["GET", "/v1/incidents/i/secret", "probe"],
  ["GET", "/v1/incidents/i/tokens", null],
  ["POST", "/v1/incidents/i/tokens", null, '{"role":"viewer"}'],
  ["DELETE", "/v1/incidents/i/tokens/none", null],
  ["GET", "/v1/incidents/i/nodes", "viewer"],
  ["POST", "/v1/incidents/i/close", null],
  ["DELETE", "/v1/incidents/i", null],
];

/** What only a token for all incidents may. */
const GLOBAL: typeof REQUESTS = [
  ["POST", "/v1/incidents", null, "{}"],
  ["POST", "/v1/incidents/new/archive", null, "x"],
  ["GET", "/v1/tokens", null],
  ["POST", "/v1/tokens", null, '{"role":"viewer"}'],
  ["GET", "/metrics", "viewer"],
];

/** What a code is for, and nothing else is. */
const JOIN: typeof REQUESTS[number] = ["POST", "/v1/join", null, '{"node":"n"}'];

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function statusOf(target: Target, request: typeof REQUESTS[number], token: string) {
  const [method, path, , sent] = request;
  const init = { headers: bearer(token), ...(sent === undefined ? {} : { body: sent }) };
  const response = await ask(target, method, path, init);
  await response.body?.cancel();
  return response.status;
}

export function authContract(test: HttpTest): void {
  tokenContract(test);
  test("each role can do what it is for, and nothing else", async (target) => {
    const root = clientOf(target);
    for (const role of ["probe", "viewer"] as const) {
      const { token } = await root.createToken("i", { role });
      for (const request of REQUESTS) {
        const status = await statusOf(target, request, token);
        const allowed = request[2] === role;
        ok(
          allowed ? status < 300 || status === 404 : status === 403,
          `${role} ${request} ${status}`,
        );
      }
      for (const request of GLOBAL) {
        equal(await statusOf(target, request, token), 403, `${role} ${request}`);
      }
    }
    const code = await root.createToken("i", { role: "join" });
    for (const request of [...REQUESTS, ...GLOBAL]) {
      // As of a token that is none: a guess of a code learns nothing there.
      equal(await statusOf(target, request, code.token), 401, `join ${request}`);
    }
    equal(await statusOf(target, JOIN, code.token), 201);
    for (const role of ["probe", "viewer", "operator"] as const) {
      const { token } = await root.createToken("i", { role });
      equal(await statusOf(target, JOIN, token), 403, role);
    }
    equal(await statusOf(target, JOIN, target.rootToken), 403);
    const { token } = await root.createToken("i", { role: "operator" });
    for (const request of GLOBAL) equal(await statusOf(target, request, token), 403, `${request}`);
    for (const request of REQUESTS) {
      const status = await statusOf(target, request, token);
      ok(status < 300 || status === 404, `operator ${request} ${status}`);
    }
  });

  test("an incident's secret is one for all its probes, another one's is another, and an import has none", async (target) => {
    const root = clientOf(target);
    await root.createIncident({ id: "other" });
    const ofProbe = async () => {
      const { token } = await root.createToken("i", { role: "probe" });
      return SecretAnswer.parse(await clientOf(target, token).secret("i")).secret;
    };
    const secret = (await ofProbe())!;
    match(secret, /^[\w-]{43}$/);
    equal(await ofProbe(), secret);
    notEqual(SecretAnswer.parse(await root.secret("other")).secret, secret);
    const readable = [await root.getIncident("i"), await root.listIncidents()];
    ok(!JSON.stringify(readable).includes(secret));
    await root.postBatch("i", body({}, hopLine(1)));
    await root.uploadArchive("again", await root.downloadArchive("i"));
    deepEqual(await root.secret("again"), { secret: null });
  });

  test("a token of one incident tells nothing of another", async (target) => {
    const root = clientOf(target);
    await root.createIncident({ id: "other" });
    const { token } = await root.createToken("other", { role: "operator" });
    for (const [method, path, role, sent] of REQUESTS) {
      if (path === "/v1/incidents") continue;
      for (const id of ["i", "none"]) {
        const there = path.replace("/i", `/${id}`).replace(`/${id}ncidents/i`, `/incidents/${id}`);
        equal(await statusOf(target, [method, there, role, sent], token), 403, there);
      }
    }
    const list = await clientOf(target, token).listIncidents();
    deepEqual(list.map(({ id }) => id), ["other"]);
  });

  test("a token for all incidents has its role in all", async (target) => {
    const { token } = await clientOf(target).createToken(null, { role: "viewer" });
    equal((await clientOf(target, token).report("i")).incident, "i");
    equal(await statusOf(target, ["GET", "/metrics", null], token), 200);
    equal(await statusOf(target, ["POST", "/v1/incidents", null, "{}"], token), 403);
  });
}

function tokenContract(test: HttpTest): void {
  test("no token, a wrong one and a malformed one are told apart", async (target) => {
    const get = (headers: Record<string, string>) =>
      fetch(`${target.url}/v1/incidents`, { headers });
    const missing = await get({});
    equal(missing.headers.get("www-authenticate"), "Bearer");
    await problem(missing, 401, "token_missing");
    await problem(await get({ authorization: "Basic eDp5" }), 401, "token_malformed");
    for (const token of ["x", "lh.a.b", "lh..", `${target.rootToken}x`]) {
      await problem(await get(bearer(token)), 401, "token_wrong");
    }
    const inUrl = await fetch(`${target.url}/v1/incidents?token=${target.rootToken}`);
    await problem(inUrl, 401, "token_missing");
  });

  test("a token is shown once, works at once, and is revoked at once", async (target) => {
    const made = await ask(target, "POST", "/v1/incidents/i/tokens", {
      body: '{"role":"viewer","expiresInSeconds":3600}',
    });
    equal(made.status, 201);
    const { id, token, expiresAt } = MintedToken.parse(await made.json());
    ok(Date.parse(expiresAt!) > Date.now());
    await clientOf(target, token).report("i");
    const list = await (await ask(target, "GET", "/v1/incidents/i/tokens")).text();
    deepEqual(TokenList.parse(JSON.parse(list)).tokens.map((t) => t.id), [id]);
    ok(!list.includes(token.split(".")[2]!));
    const path = `/v1/tokens/${id}`;
    await problem(await ask(target, "DELETE", path), 404, "token_missing");
    await clientOf(target).deleteToken("i", id);
    const after = await ask(target, "GET", "/v1/incidents/i", { headers: bearer(token) });
    await problem(after, 401, "token_wrong");
  });

  test("deleting an incident ends its tokens", async (target) => {
    const { token } = await clientOf(target).createToken("i", { role: "operator" });
    await clientOf(target).deleteIncident("i");
    await clientOf(target).createIncident({ id: "i" });
    const after = await ask(target, "GET", "/v1/incidents/i", { headers: bearer(token) });
    await problem(after, 401, "token_wrong");
  });
}

/** For an ingest that may be told to trust its own machine. */
export function loopbackContract(test: HttpTest): void {
  /** Status of a request without a token and with these headers. */
  const anonymous = async (target: Target, headers: Record<string, string>) => {
    const all = { authorization: "", connection: "close", ...headers };
    const connection = await rawRequest(target, "GET /v1/incidents", all);
    const text = await readText(connection);
    connection.close();
    return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
  };

  test("this machine's own requests need no token, when that was asked for", async (target) => {
    const { port } = new URL(target.url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST`, `[::1]:${port}`]) {
      equal(await anonymous(target, { host }), 200, host);
    }
    const host = `127.0.0.1:${port}`;
    equal(await anonymous(target, { host, origin: `http://${host}` }), 200);
    equal(await anonymous(target, { host, authorization: "Bearer wrong" }), 401);
  }, { allowLoopbackWithoutToken: true });

  test("other sites' pages and proxies are no loopback", async (target) => {
    const { host } = new URL(target.url);
    const strangers: Record<string, string>[] = [
      { host: "evil.example" },
      { host: "localhost.evil.example" },
      { host: "127.0.0.1.evil.example:80" },
      { host, origin: "http://evil.example" },
      { host, origin: "null" },
      { host, origin: "http://127.0.0.1:1" },
      { host, "sec-fetch-site": "cross-site" },
      { host, "sec-fetch-site": "same-site" },
      { host, "x-forwarded-for": "203.0.113.9" },
      { host, forwarded: "for=203.0.113.9" },
      { host, "x-real-ip": "127.0.0.1" },
      { host, via: "1.1 proxy" },
      { host, "x-forwarded-host": "lasthop.example" },
      { host, "x-forwarded-proto": "https" },
      { host, "cf-connecting-ip": "203.0.113.9" },
      { host, "x-forwarded": "for=203.0.113.9" },
      { host, "x-original-forwarded-for": "127.0.0.1" },
      { host, "fastly-client-ip": "127.0.0.1" },
      { host, "a-proxy-nobody-knows": "1" },
    ];
    for (const headers of strangers) {
      equal(await anonymous(target, headers), 401, JSON.stringify(headers));
    }
  }, { allowLoopbackWithoutToken: true });

  test("unless asked for, this machine needs a token too", async (target) => {
    equal(await anonymous(target, {}), 401);
  });
}
