/** Hostile text in every field: kept as the text it is or refused, and never anything else. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { z } from "zod";
import { BatchHeader } from "../../src/event/batch.ts";
import { COLUMNS } from "../../src/event/columns.ts";
import { NetnsState } from "../../src/event/state.ts";
import { HOSTILE, MEGABYTE, withTextEverywhere } from "./hostile_text.ts";
import { unharmed } from "./bystanders.ts";
import type { HttpTest } from "./http.ts";
import { body, headerOf, hopLine } from "./lines.ts";
import { ask, clientOf, postLines, problem, type Target } from "./target.ts";

/** Every answer to hostile text is JSON that a browser will not take for a page. */
async function answerOf(response: Response): Promise<Record<string, unknown>> {
  match(response.headers.get("content-type") ?? "", /^application\/(problem\+)?json/);
  equal(response.headers.get("x-content-type-options"), "nosniff");
  const text = await response.text();
  ok(response.status < 500, text.slice(0, 500));
  return JSON.parse(text);
}

/** What is stored can be read, archived and imported, and is the same then. */
async function readable(target: Target): Promise<void> {
  const client = clientOf(target);
  await answerOf(await ask(target, "GET", "/v1/incidents"));
  await answerOf(await ask(target, "GET", "/v1/incidents/i"));
  const report = await answerOf(await ask(target, "GET", "/v1/incidents/i/report"));
  const file = new Uint8Array(await new Response(await client.downloadArchive("i")).arrayBuffer());
  equal((await client.uploadArchive("copy", file)).complete, true);
  deepEqual(await client.report("copy"), { ...report, incident: "copy" });
  await client.deleteIncident("copy");
}

const headersWith = (text: string, sequence: number) =>
  withTextEverywhere(BatchHeader, text).map((header, i) => {
    const incident = header.incident === text ? text : "i";
    return JSON.stringify({ ...header, incident, sequence: sequence * 100 + i });
  });

const linesWith = (schema: z.ZodType, text: string) =>
  withTextEverywhere(schema, text).map((value) => JSON.stringify(value));

/** Lines of a megabyte in one body. */
const LINES_AT_ONCE = 10;

const TEXT_COLUMNS = COLUMNS.filter(({ type }) => type === "text");

/** An event with the text in one of its columns, in both spellings. */
function eventsWith(text: string): string[] {
  const fields = hopLine(1).split("\t");
  return TEXT_COLUMNS.flatMap(({ name }) => {
    const at = COLUMNS.findIndex((column) => column.name === name);
    const tsv = COLUMNS.map((_, i) => i === at ? text.replace(/[\t\n]/g, " ") : fields[i] ?? "");
    const json = { kind: "drop", timeNs: "1", cpu: 0, [name]: text };
    return [tsv.join("\t"), JSON.stringify(json)];
  });
}

export function hostileTextContract(test: HttpTest): void {
  test("hostile text in every field of header, state and events stays text", async (target) => {
    await unharmed(target, async () => {
      for (const [n, text] of HOSTILE.entries()) {
        const headers = headersWith(text, n).map((line) => `${line}\n${hopLine(n, n)}\n`);
        const answer = await answerOf(await postLines(target, "i", headers.join("")));
        // All but the one that names another incident, and none that is empty of text.
        ok(Number(answer.accepted) >= headers.length - 2, JSON.stringify(answer));
        const lines = [...linesWith(NetnsState, text), ...eventsWith(text)];
        const sent = await postLines(target, "i", body({ sequence: n }, ...lines));
        const { accepted, states, events, refusedTotal } = await answerOf(sent);
        equal(accepted, 1);
        equal(Number(states) + Number(events) + Number(refusedTotal), lines.length);
        ok(Number(states) > 20, `${states} states were accepted`);
      }
      await readable(target);
    });
    const { nodes, flows } = await clientOf(target).report("i");
    const told = JSON.stringify([nodes, flows]);
    ok(told.includes(JSON.stringify(HOSTILE[0]).slice(1, -1)), "as it was sent");
  });

  test("a text of a megabyte is refused in any field, or kept within bounds", async (target) => {
    await unharmed(target, async () => {
      for (const line of headersWith(MEGABYTE, 1)) {
        const answer = await answerOf(await postLines(target, "i", `${line}\n${hopLine(1)}\n`));
        equal(answer.accepted, 0);
        ok(JSON.stringify(answer).length < 2000);
      }
      const lines = [...linesWith(NetnsState, MEGABYTE).slice(0, 6), ...eventsWith(MEGABYTE)];
      // All in one body would be more than a body may be.
      for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
        const some = lines.slice(at, at + LINES_AT_ONCE);
        const answer = await answerOf(
          await postLines(target, "i", body({ sequence: at }, ...some)),
        );
        deepEqual([answer.accepted, answer.states, answer.events], [1, 0, 0]);
        equal(answer.refusedTotal, some.length);
        ok(JSON.stringify(answer).length < 20_000);
      }
      await readable(target);
    });
  });

  test("title and filter of an incident are text, and are bounded", async (target) => {
    await unharmed(target, async () => {
      for (const [n, text] of HOSTILE.entries()) {
        const id = `hostile-${n}`;
        // A filter is words of a language: what is none would make every report fail.
        const asFilter = JSON.stringify({ id, filter: text });
        const noFilter = await ask(target, "POST", "/v1/incidents", { body: asFilter });
        match(String((await problem(noFilter, 400, "body_invalid")).detail), /"filter": /);
        const sent = JSON.stringify({ id, title: text });
        equal((await answerOf(await ask(target, "POST", "/v1/incidents", { body: sent }))).id, id);
        equal((await clientOf(target).getIncident(id)).title, text);
        const batch = JSON.stringify({ ...headerOf({ incident: id }), filter: text });
        equal((await clientOf(target).postBatch(id, `${batch}\n${hopLine(1)}\n`)).accepted, 1);
        await answerOf(await ask(target, "GET", `/v1/incidents/${id}/report`));
        const token = await ask(target, "POST", `/v1/incidents/${id}/tokens`, {
          body: JSON.stringify({ role: text }),
        });
        await problem(token, 400, "body_invalid");
        await problem(
          await ask(target, "POST", "/v1/incidents", { body: JSON.stringify({ id: text }) }),
          400,
          "body_invalid",
        );
      }
      for (const field of ["id", "title", "filter"]) {
        const sent = JSON.stringify({ [field]: "x".repeat(50_000) });
        const refused = await ask(target, "POST", "/v1/incidents", { body: sent });
        await problem(refused, 400, "body_invalid");
      }
    });
  });
}
