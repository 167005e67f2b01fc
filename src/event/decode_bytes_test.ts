/** Reading a line from its bytes against reading it column by column: the same, or not at all. */
import { deepStrictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { plainEvent } from "./altered.ts";
import { decodeByColumns, decodeBytes, decodeTsv, encodeEvent, LineError } from "./codec.ts";
import { type Column, COLUMNS } from "./columns.ts";
import type { Event } from "./event.ts";
import { EVENT_KINDS } from "./kinds.ts";
import { DIRECTIONS, NETWORKS, PACKET_TYPES, TUNNEL_KINDS } from "./columns.ts";
import { readRows } from "./read_rows.ts";
import { kindOf, RowWriter } from "./rows.ts";
import { seedCount } from "../../test/sim/seed_count.ts";

const encoder = new TextEncoder();
const U64_MAX = 2n ** 64n - 1n;

function textOf(pattern: string, lengthMax: number, lengthMin = 1): fc.Arbitrary<string> {
  const unit = fc.constantFrom(...pattern);
  return fc.string({ unit, minLength: lengthMin, maxLength: lengthMax });
}

const PRINTABLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
const mac = fc.array(textOf("0123456789abcdef", 2, 2), { minLength: 6, maxLength: 6 })
  .map((octets) => octets.join(":"));

/** Any right value of a column, with its bounds among them. */
function valueOf({ type, max = 64 }: Column): fc.Arbitrary<string> {
  const words = { kind: EVENT_KINDS, packetType: PACKET_TYPES, network: NETWORKS } as const;
  switch (type) {
    case "kind":
    case "packetType":
    case "network":
      return fc.constantFrom<string>(...words[type]);
    case "direction":
      return fc.constantFrom<string>(...DIRECTIONS);
    case "tunnelKind":
      return fc.constantFrom<string>(...TUNNEL_KINDS);
    case "u64":
      return fc.oneof(fc.bigInt(0n, U64_MAX), fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n))
        .map(String);
    case "uint":
      return fc.oneof(fc.integer({ min: 0, max }), fc.constantFrom(0, 1, max)).map(String);
    case "hex":
      return textOf("0123456789abcdef", 16);
    case "mac":
      return mac;
    case "address":
      return fc.oneof(fc.ipV4(), fc.ipV6().map((text) => text.toLowerCase()));
    case "text":
      return textOf(PRINTABLE.replace("\\", ""), max);
  }
}

const columns = COLUMNS as readonly Column[];
const present = columns.map((column) =>
  column.required ? valueOf(column) : fc.option(valueOf(column), { nil: "", freq: 2 })
);
const line = fc.tuple(...present).map((fields) => fields.join("\t").replace(/\t+$/, ""));

/** A stroke at a line: what is put in at a place, and how much is taken out there. */
const stroke = fc.record({
  at: fc.nat(400),
  out: fc.nat(3),
  put: fc.oneof(
    fc.constantFrom(
      "",
      "\t",
      "\\",
      "\\t",
      "-",
      "00",
      "9".repeat(16),
      "é",
      "\u0000",
      "\r",
      "A",
      ":",
    ),
    fc.string({ maxLength: 2, unit: "binary" }),
  ),
});
const damaged = fc.tuple(line, fc.array(stroke, { maxLength: 3 })).map(([whole, strokes]) =>
  strokes.reduce(
    (text, { at, out, put }) => text.slice(0, at) + put + text.slice(at + out),
    whole,
  ).replaceAll("\n", " ")
);

/** The event, or why there is none. */
function read(decode: (line: string) => Event, text: string): Event | string {
  try {
    return decode(text);
  } catch (error) {
    if (error instanceof LineError) return error.message;
    throw error;
  }
}

function ofBytes(text: string): Event | null {
  // With bytes of others around it.
  const bytes = encoder.encode(`drop\t7\n${text}\n1\t2`);
  return decodeBytes(bytes, 7, bytes.length - 4);
}

Deno.test("a right line is read from its bytes, as column by column", () => {
  fc.assert(
    fc.property(line, (text) => {
      equal(ofBytes(text), decodeByColumns(text));
      equal(encodeEvent(decodeTsv(text)).split("\t").length, text.split("\t").length);
    }),
    { seed: 12, numRuns: seedCount(1_000, 200) },
  );
});

Deno.test("a damaged line is read from its bytes as column by column, or not at all", () => {
  const runs = seedCount(4_000, 400);
  let refused = 0;
  fc.assert(
    fc.property(damaged, (text) => {
      const slow = read(decodeByColumns, text);
      const quick = ofBytes(text);
      if (quick !== null) equal(quick, slow);
      equal(read(decodeTsv, text), slow);
      if (typeof slow === "string") refused += 1;
    }),
    { seed: 13, numRuns: runs },
  );
  equal(refused > runs / 8 && refused < runs * 7 / 8, true);
});

Deno.test("columns beyond the last are never passed over", () => {
  const full = columns.map(({ type }) =>
    type === "kind" ? "drop" : type === "u64" || type === "uint" ? "1" : ""
  );
  const whole = full.join("\t").replace(/\t+$/, "");
  equal(ofBytes(whole), decodeByColumns(whole));
  for (const more of ["\t", "\t\t", "\t1", "\t\t1"]) {
    const text = `${full.join("\t")}${more}`;
    equal([ofBytes(text), typeof read(decodeTsv, text)], [null, "string"]);
  }
});

/** Some lines written as rows: each from its bytes where that is possible, else as an event. */
function throughRows(lines: readonly string[]): Event[] {
  const rows = new RowWriter();
  for (const text of lines) {
    const bytes = encoder.encode(`drop\t7\n${text}\n1\t2`);
    if (rows.line(bytes, 7, bytes.length - 4) !== null) continue;
    const event = read(decodeTsv, text);
    if (typeof event !== "string") rows.event(event);
  }
  return readRows(rows.block()).map(plainEvent);
}

Deno.test("rows tell what the lines tell, and nothing of those that are wrong", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(line, damaged), { maxLength: 20 }), (lines) => {
      const events = lines.map((text) => read(decodeByColumns, text))
        .filter((event) => typeof event !== "string");
      equal(throughRows(lines), events);
    }),
    { seed: 14, numRuns: seedCount(500, 100) },
  );
});

Deno.test("rows of events tell these events", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const rows = new RowWriter();
      const events = lines.map(decodeByColumns);
      for (const event of events) rows.event(event);
      equal(readRows(rows.block()).map(plainEvent), events);
    }),
    { seed: 15, numRuns: seedCount(500, 100) },
  );
});

Deno.test("a text is itself, however long it is and whatever others were known before", () => {
  const place = columns.findIndex(({ name }) => name === "function");
  const gap = "\t".repeat(place - 3);
  const texts = Array.from({ length: 60 }, (_, i) => "a".repeat(i))
    .flatMap((text) => [`${text}a`, `${text}b`, `b${text}`]);
  // More than there is room for, so that some take the place of others.
  for (let i = 0; i < 6_000; i++) {
    const digits = i.toString(36);
    texts.push(`same${digits.padStart(3, "0")}`, `${digits.padStart(4, "0")}end`);
  }
  const lines = [...texts, ...texts.toReversed()].map((text) => `drop\t7\t1${gap}\t${text}`);
  for (const text of lines) equal(ofBytes(text), decodeByColumns(text));
});

Deno.test("a line of any length that is no event's is no row", () => {
  const long = encoder.encode("x".repeat(2_000_000));
  equal(kindOf(long, 0, long.length), null);
  equal(new RowWriter().line(long, 0, long.length), null);
});

Deno.test("a row has any text and any time, and a number without end is no row", () => {
  const rows = new RowWriter();
  const events: Event[] = [2n ** 64n - 1n, 0n, 2n ** 53n - 1n, 2n ** 53n, 5n].map((timeNs) => ({
    kind: "drop",
    timeNs,
    cpu: 0,
    device: "\ud800\n\t\u0000é",
  }));
  for (const event of events) rows.event(event);
  const endless = encoder.encode(`drop\t1\t${"9".repeat(400)}`);
  equal(rows.line(endless, 0, endless.length), null);
  equal(readRows(rows.block()).map(plainEvent), events);
});
