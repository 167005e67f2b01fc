import { deepEqual, equal } from "node:assert/strict";
import { headerLine, hopLine } from "../../../test/contract/lines.ts";
import { createClient } from "../client/client.ts";
import { startIngest } from "../deno.ts";
import { RELAYED_PATH } from "./relayed.ts";

const rootToken = "a-root-token-of-this-test-alone";

const LINE_CHARS_MAX = 10_000;

Deno.test("a sender's batches are answered as if they had come without a relay", async () => {
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken,
    allowLoopbackWithoutToken: false,
    limits: { lineCharsMax: LINE_CHARS_MAX },
    log: () => {},
  });
  try {
    const client = createClient({ url: ingest.url, token: rootToken });
    const post = async (path: string, token: string, body: string) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" };
      const response = await fetch(ingest.url + path, { method: "POST", headers, body });
      return { status: response.status, ...await response.json() };
    };
    const bodies = [
      (incident: string) => [headerLine({ incident }), hopLine(1), hopLine(2)],
      (
        incident: string,
      ) => ["stray", headerLine({ incident }), hopLine(1), "?", "x".repeat(LINE_CHARS_MAX + 1)],
      (incident: string) => [headerLine({ incident }), hopLine(1), ...Array(20_000).fill("?")],
      () => ["no header at all"],
    ];
    for (const id of ["direct", "relayed"]) await client.createIncident({ id });
    const { token } = await client.createToken("relayed", { role: "probe" });
    const { token: other } = await client.createToken("direct", { role: "probe" });
    for (const [i, lines] of bodies.entries()) {
      const own = (incident: string) =>
        lines(incident).map((line) => `${line}\n`).join("")
          .replaceAll('"sequence":0', `"sequence":${i}`);
      const direct = await post("/v1/incidents/direct/batches", other, own("direct"));
      const sender = JSON.stringify({ kind: "sender", version: 1, incident: "relayed", token });
      const answer = await post(RELAYED_PATH, token, `${sender}\n${own("relayed")}`);
      equal(answer.status, 200, JSON.stringify(answer));
      const [{ detail: _, ...relayed }] = answer.senders;
      const { detail: __, title: ___, type: ____, ...wanted } = direct;
      // How many there were when it was given up depends on how the network cut the body.
      if (wanted.code === "lines_refused") relayed.refusedTotal = wanted.refusedTotal;
      deepEqual(relayed, wanted);
    }
  } finally {
    await ingest.stop();
  }
});
