/**
 * Lines of a batch to values and back. An event has two spellings that mean the same (rule E1): a
 * JSON object, and tab-separated text in the order of `columns.ts`, which costs a fifth as much to
 * read.
 */
import { z } from "zod";
import { BatchHeader } from "./batch.ts";
import { ClusterState } from "./cluster/state.ts";
import {
  type Column,
  COLUMNS,
  DIRECTIONS,
  NETWORKS,
  PACKET_TYPES,
  TUNNEL_KINDS,
} from "./columns.ts";
import type { Event } from "./event.ts";
import { EventOfScan } from "./event_fields.ts";
import { EventSchema } from "./event_schema.ts";
import { ADDRESS, HEX, MAC } from "./field_texts.ts";
import { EVENT_KINDS } from "./kinds.ts";
import { lifted } from "./lift.ts";
import { Scan } from "./scan.ts";
import { NetnsState } from "./state.ts";
import { wrong } from "./wrong.ts";

/** A line that is not as it should be (rule E2). The message is the reason, without its number. */
export class LineError extends Error {
  override name = "LineError";
}

/** One line of a batch, read. */
export type Line =
  | { type: "header"; header: BatchHeader }
  | { type: "event"; event: Event }
  | { type: "state"; state: NetnsState }
  | { type: "cluster"; cluster: ClusterState };

const U64_MAX = 18_446_744_073_709_551_615n;
const KINDS = new Set<string>(EVENT_KINDS);
const WORDS: Partial<Record<Column["type"], Set<string>>> = {
  kind: KINDS,
  packetType: new Set<string>(PACKET_TYPES),
  network: new Set<string>(NETWORKS),
  direction: new Set<string>(DIRECTIONS),
  tunnelKind: new Set<string>(TUNNEL_KINDS),
};
const UINT = /^(0|[1-9]\d{0,15})$/;
const U64 = /^\d{1,20}$/;
/** Longer lines are read column by column. */
const SCRATCH_BYTES = 4096;
const scratch = new Uint8Array(SCRATCH_BYTES);
const encoder = new TextEncoder();
const scan = new Scan();

/** Reads one line of a batch. Throws `LineError` with the field, what is and what should be. */
export function decodeLine(line: string): Line {
  if (line.charCodeAt(0) !== 0x7b) return { type: "event", event: decodeTsv(line) };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new LineError(`is cut or broken JSON, must be one whole JSON object`);
  }
  const kind = (value as { kind?: unknown } | null)?.kind;
  if (kind === "batch") return { type: "header", header: checked(BatchHeader, value) };
  if (kind === "state" || kind === "state-difference") {
    return { type: "state", state: checked(NetnsState, value) };
  }
  if (kind === "cluster") return { type: "cluster", cluster: checked(ClusterState, value) };
  return { type: "event", event: lifted(asObject(checked(EventSchema, value))) };
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new LineError(wrong(result.error, value, '"line"'));
}

const quote = (text: string) => JSON.stringify(text.length > 80 ? text.slice(0, 80) + "…" : text);

/** Reads the tab-separated spelling. Throws `LineError` with the field, what is and what should be. */
export function decodeTsv(line: string): Event {
  if (line.length > SCRATCH_BYTES) return decodeByColumns(line);
  const { written } = encoder.encodeInto(line, scratch);
  // Letters beyond ASCII are more bytes than characters: rare, and read the other way.
  return (written === line.length ? decodeBytes(scratch, 0, written) : null) ??
    decodeByColumns(line);
}

/**
 * Reads the tab-separated spelling from its bytes, at the cost of `JSON.parse` of the same event or
 * less. null: not by this way; `decodeTsv` then reads it, or says what is wrong.
 */
export function decodeBytes(bytes: Uint8Array, from: number, to: number): Event | null {
  scan.begin(bytes, from, to);
  const event = new EventOfScan(scan);
  const isWhole = scan.isGood && scan.isOver() && event.kind !== undefined &&
    event.timeNs !== undefined && event.cpu !== undefined;
  return isWhole ? lifted(event) : null;
}

/**
 * The same column by column, three times slower. Throws `LineError` with the field, what is and what
 * should be.
 */
export function decodeByColumns(line: string): Event {
  const fields = line.split("\t");
  if (!KINDS.has(fields[0]!)) {
    throw new LineError(`"kind" is ${quote(fields[0]!)}, must be one of ${EVENT_KINDS.join(", ")}`);
  }
  if (fields.length > COLUMNS.length) {
    throw new LineError(`has ${fields.length} columns, must be at most ${COLUMNS.length}`);
  }
  const event: Record<string, unknown> = {};
  for (let i = 0; i < fields.length; i++) {
    const text = fields[i]!;
    if (text !== "") event[COLUMNS[i]!.name] = decodeField(COLUMNS[i] as Column, text);
  }
  if (event.timeNs === undefined || event.cpu === undefined) {
    throw new LineError(`has no "timeNs" or no "cpu", must have both`);
  }
  return lifted(asObject(event as unknown as Event));
}

/** A copy. Filled by computed names it is a hash table to V8; a copy is an object, a third as large. */
const asObject = (event: Event): Event => ({ ...event });

function decodeField(column: Column, text: string): unknown {
  switch (column.type) {
    case "u64": {
      if (!U64.test(text)) return bad(column, text, "0 to 2^64 - 1");
      const value = BigInt(text);
      return value <= U64_MAX ? value : bad(column, text, "0 to 2^64 - 1");
    }
    case "uint": {
      const value = +text;
      const max = column.max ?? Number.MAX_SAFE_INTEGER;
      return UINT.test(text) && value <= max ? value : bad(column, text, `0 to ${max}`);
    }
    case "hex":
      return HEX.test(text) ? text : bad(column, text, "1 to 16 hexadecimal digits");
    case "mac":
      return MAC.test(text) ? text : bad(column, text, "a MAC address in lower case");
    case "address":
      return ADDRESS.test(text) ? text : bad(column, text, "an IP address");
    case "text": {
      const value = unescape(text);
      const max = column.max ?? 64;
      return value.length <= max ? value : bad(column, text, `at most ${max} characters`);
    }
    default: {
      const words = WORDS[column.type]!;
      return words.has(text) ? text : bad(column, text, `one of ${[...words].join(", ")}`);
    }
  }
}

function bad(column: Column, text: string, should: string): never {
  throw new LineError(`"${column.name}" is ${quote(text)}, must be ${should}`);
}

/** The tab-separated spelling; trailing absent columns are left out. */
export function encodeEvent(event: Event): string {
  const source = event as unknown as Record<string, unknown>;
  let line = "";
  let gap = "";
  for (const column of COLUMNS as readonly Column[]) {
    const value = source[column.name];
    if (value !== undefined) {
      line += gap + (column.type === "text" ? escape(value as string) : String(value));
      gap = "";
    }
    gap += "\t";
  }
  return line;
}

/** The JSON spelling: one object on one line, `timeNs` as text. */
export function eventToJson(event: Event): string {
  return JSON.stringify(event, (_, value) => typeof value === "bigint" ? String(value) : value);
}

const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const UNESCAPES: Record<string, string> = { "\\": "\\", t: "\t", n: "\n", r: "\r" };

function escape(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]!) : text;
}

function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(.?)/g, (whole, c: string) => UNESCAPES[c] ?? whole);
}
