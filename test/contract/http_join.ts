/** Codes by which nodes join an incident, and what is left of a code that somebody else has read. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { MintedToken } from "../../src/ingest/routes/tokens.ts";
import type { HttpTest } from "./http.ts";
import { body, hopLine } from "./lines.ts";
import { ask, clientOf, postLines, problem, refusal, type Target } from "./target.ts";

const codeOf = (target: Target, wanted: { expiresInSeconds?: number; nodesMax?: number } = {}) =>
  clientOf(target).createToken("i", { role: "join", ...wanted });

/** Sends a batch with a node's token. */
const send = (target: Target, token: string) =>
  postLines(target, "i", body({}, hopLine(1)), { authorization: `Bearer ${token}` });

/** Why a node may not join with this code. */
async function whyNot(target: Target, code: string): Promise<string> {
  return (await refusal(clientOf(target, code).join("late"))).code;
}

export function joinContract(test: HttpTest): void {
  boundsContract(test);
  test("a code becomes a token of the node's own, for its incident", async (target) => {
    const root = clientOf(target);
    const code = await codeOf(target);
    const joined = await clientOf(target, code.token).join("alpha");
    deepEqual([joined.incident, joined.filter], ["i", "icmp"]);
    equal((await send(target, joined.token)).status, 200);
    const { nodes, codes } = await root.nodes("i");
    deepEqual(nodes.map(({ node, code }) => [node, code]), [["alpha", code.id]]);
    deepEqual(codes.map(({ id, joined, nodesMax }) => [id, joined, nodesMax]), [[code.id, 1, 32]]);
    const text = JSON.stringify([nodes, codes, await root.listTokens("i"), await root.audit("i")]);
    for (const { token } of [joined, code]) ok(!text.includes(token.split(".")[2]!));
    const { entries } = await root.audit("i");
    const entry = entries.find(({ action }) => action === "node.join");
    deepEqual([entry?.token, entry?.subject], [code.id, nodes[0]!.token]);
  });

  test("a node that is revoked is out, and others stay", async (target) => {
    const root = clientOf(target);
    const { token } = await codeOf(target);
    const [one, two] = [
      await clientOf(target, token).join("one"),
      await clientOf(target, token).join("two"),
    ];
    const { nodes } = await root.nodes("i");
    await root.deleteToken("i", nodes.find(({ node }) => node === "one")!.token);
    await problem(await send(target, one.token), 401, "token_wrong");
    equal((await send(target, two.token)).status, 200);
  });
}

/** What bounds a code: its time, how many it admits, its operator, its incident. */
function boundsContract(test: HttpTest): void {
  test("a code admits as many nodes as it may, then none", async (target) => {
    const { token } = await codeOf(target, { nodesMax: 2 });
    const asked = await Promise.allSettled(
      ["a", "b", "c", "d"].map((node) => clientOf(target, token).join(node)),
    );
    equal(asked.filter(({ status }) => status === "fulfilled").length, 2);
    equal(await whyNot(target, token), "code_full");
    equal((await clientOf(target).nodes("i")).nodes.length, 2);
  });

  test("a code ends by its operator, its incident or its time; who joined stays", async (target) => {
    const root = clientOf(target);
    const code = await codeOf(target);
    const joined = await clientOf(target, code.token).join("a");
    await root.deleteToken("i", code.id);
    equal(await whyNot(target, code.token), "token_wrong");
    equal((await send(target, joined.token)).status, 200);
    const short = await codeOf(target, { expiresInSeconds: 1 });
    ok(Date.parse(short.expiresAt!) - Date.parse(short.createdAt) === 1000);
    const tooSoon = await clientOf(target, short.token).join("b");
    while (Date.now() <= Date.parse(short.expiresAt!)) {
      await (await ask(target, "GET", "/healthz")).body?.cancel();
    }
    equal(await whyNot(target, short.token), "token_expired");
    equal((await send(target, tooSoon.token)).status, 200);
    const usual = await codeOf(target);
    equal(Date.parse(usual.expiresAt!) - Date.parse(usual.createdAt), 15 * 60_000);
    await root.closeIncident("i");
    equal(await whyNot(target, usual.token), "incident_closed");
    await root.deleteIncident("i");
    equal(await whyNot(target, usual.token), "token_wrong");
  });

  test("guesses of codes are slowed down, and let no other wait", async (target) => {
    const guess = () =>
      ask(target, "POST", "/v1/join", {
        body: '{"node":"n"}',
        headers: { authorization: `Bearer lh.${crypto.randomUUID()}.x` },
      });
    let last = await guess();
    for (let i = 0; i < 3; i++) {
      await last.body?.cancel();
      last = await guess();
    }
    await problem(last, 429, "rate_limited");
    match(last.headers.get("retry-after")!, /^\d+$/);
    const { token } = await codeOf(target);
    equal((await clientOf(target, token).join("real")).incident, "i");
  }, { limits: { guessesPerSecond: 0.001, guessesBurst: 3 } });

  test("where nobody joins, a code is told from a guess by nothing", async (target) => {
    const { token } = await codeOf(target);
    const answers = [];
    for (const bearer of [token, `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`]) {
      const headers = { authorization: `Bearer ${bearer}` };
      for (const path of ["/v1/incidents/i", "/v1/incidents", "/v1/join/", "/v1/nothing"]) {
        const answer = await ask(target, "GET", path, { headers });
        answers.push([path, answer.status, await answer.text()]);
      }
    }
    deepEqual(answers.slice(0, 4), answers.slice(4));
    equal(answers[0]![1], 401);
  });

  test("what is no code is not made, and no node without a name joins", async (target) => {
    const make = (path: string, wanted: unknown) =>
      ask(target, "POST", path, { body: JSON.stringify(wanted) });
    for (
      const [path, wanted] of [
        ["/v1/tokens", { role: "join" }],
        ["/v1/incidents/i/tokens", { role: "join", expiresInSeconds: 86_401 }],
        ["/v1/incidents/i/tokens", { role: "join", nodesMax: 0 }],
        ["/v1/incidents/i/tokens", { role: "probe", nodesMax: 2 }],
      ] as const
    ) await problem(await make(path, wanted), 400, "body_invalid");
    const made = await make("/v1/incidents/i/tokens", { role: "join", nodesMax: 3 });
    const { token, nodesMax } = MintedToken.parse(await made.json());
    equal(nodesMax, 3);
    const headers = { authorization: `Bearer ${token}` };
    for (const sent of ["{}", '{"node":""}', `{"node":"${"n".repeat(254)}"}`, '{"node":1}']) {
      await problem(
        await ask(target, "POST", "/v1/join", { body: sent, headers }),
        400,
        "body_invalid",
      );
    }
    equal((await clientOf(target).nodes("i")).nodes.length, 0);
  });
}
