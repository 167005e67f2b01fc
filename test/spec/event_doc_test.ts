/** `docs/event.md` has the words of `src/event`, and its examples read. Its tables are generated. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { BatchHeader } from "../../src/event/batch.ts";
import { decodeLine, eventToJson } from "../../src/event/codec.ts";
import * as columns from "../../src/event/columns.ts";
import { ArchiveHeader } from "../../src/ingest/archive/archive.ts";

const doc = await Deno.readTextFile(new URL("../../docs/event.md", import.meta.url));

function examples(language: string): string[] {
  return [...doc.matchAll(new RegExp("```" + language + "\n(.*)\n```", "g"))]
    .map(([, text = ""]) => text);
}

Deno.test("docs/event.md has every word of a column", () => {
  const { PACKET_TYPES, NETWORKS, DIRECTIONS, TUNNEL_KINDS } = columns;
  for (const word of [...PACKET_TYPES, ...NETWORKS, ...DIRECTIONS, ...TUNNEL_KINDS]) {
    ok(doc.includes(`\`${word}\``), `"${word}" is not in docs/event.md, must be`);
  }
});

Deno.test("[E1] the two spellings of docs/event.md are one event", () => {
  const [tsv] = examples("tsv");
  const [json, header, state, difference, archive] = examples("jsonl");
  const line = decodeLine(tsv!);
  equal(line, decodeLine(json!));
  ok(line.type === "event");
  equal(JSON.parse(eventToJson(line.event)), JSON.parse(json!));
  equal(decodeLine(header!).type, "header");
  equal(BatchHeader.parse(JSON.parse(header!)), JSON.parse(header!));
  equal(decodeLine(state!).type, "state");
  equal(decodeLine(difference!).type, "state");
  equal(ArchiveHeader.parse(JSON.parse(archive!)), JSON.parse(archive!));
});
