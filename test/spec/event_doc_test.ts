/** `docs/event.md` says of every column, kind and word what `src/event` says, and its examples read. */
import { EVENT_KINDS, KINDS } from "../../src/event/kinds.ts";
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { BatchHeader } from "../../src/event/batch.ts";
import { decodeLine, eventToJson } from "../../src/event/codec.ts";
import * as columns from "../../src/event/columns.ts";
import { ArchiveHeader } from "../../src/ingest/archive/archive.ts";

const doc = await Deno.readTextFile(new URL("../../docs/event.md", import.meta.url));

/** Cells of the rows that begin with this cell's pattern. */
function rows(first: RegExp): string[][] {
  return doc.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()))
    .filter((cells) => first.test(cells[0]!));
}

function examples(language: string): string[] {
  return [...doc.matchAll(new RegExp("```" + language + "\n(.*)\n```", "g"))]
    .map(([, text = ""]) => text);
}

function valueOf(column: columns.Column): string {
  switch (column.type) {
    case "u64":
      return "0 to 2^64 - 1";
    case "uint":
      return `0 to ${column.max}`;
    case "text":
      return `text, ${column.max}`;
    case "hex":
      return "hexadecimal";
    case "mac":
      return "MAC";
    case "address":
      return "IP address";
    default:
      return "word";
  }
}

Deno.test("docs/event.md has every column in its place, with its range and meaning", () => {
  const stated = (columns.COLUMNS as readonly columns.Column[]).map((column, i) => [
    String(i + 1),
    `\`${column.name}\``,
    valueOf(column),
    column.meaning,
  ]);
  equal(rows(/^\d+$/), stated);
});

Deno.test("docs/event.md has every kind with its meaning, and every word", () => {
  equal(
    rows(/^`[a-z-]+`$/),
    EVENT_KINDS.map((kind) => [`\`${kind}\``, KINDS[kind].meaning]),
  );
  const { PACKET_TYPES, NETWORKS, DIRECTIONS, TUNNEL_KINDS } = columns;
  for (const word of [...PACKET_TYPES, ...NETWORKS, ...DIRECTIONS, ...TUNNEL_KINDS]) {
    ok(doc.includes(`\`${word}\``), `"${word}" is not in docs/event.md, must be`);
  }
});

Deno.test("[E1] the two spellings of docs/event.md are one event", () => {
  const [tsv] = examples("tsv");
  const [json, header, state, archive] = examples("jsonl");
  const line = decodeLine(tsv!);
  equal(line, decodeLine(json!));
  ok(line.type === "event");
  equal(JSON.parse(eventToJson(line.event)), JSON.parse(json!));
  equal(decodeLine(header!).type, "header");
  equal(BatchHeader.parse(JSON.parse(header!)), JSON.parse(header!));
  equal(decodeLine(state!).type, "state");
  equal(ArchiveHeader.parse(JSON.parse(archive!)), JSON.parse(archive!));
});
