/** Names in a filter of a report: how they are written, and which of them there can be. */
import { ALL_OUTCOMES, CAUSE_CODES } from "../codes.ts";
import { NAMESPACED_FIELDS, type ReportField, type ReportTerm } from "./ast.ts";
import type { Reader, Token } from "./tokens.ts";

/** Words of which there are only these; any text may be the name of a place. */
const LISTS: Partial<Record<ReportField, readonly string[]>> = {
  cause: CAUSE_CODES,
  outcome: ALL_OUTCOMES,
};
const RESERVED: ReadonlySet<string> = new Set(["and", "or", "not", "!"]);
/** What a name is written without quotes in. */
const PLAIN = /^[^\s()"!*&|]+$/u;
/** Codes that a message names. */
const NEAR_MAX = 5;

/** Whether the words after this keyword are those of a list. */
export const hasList = (field: ReportField): boolean => LISTS[field] !== undefined;

/** Whether a word is in the list of its keyword. */
export const isListed = (field: ReportField, word: string): boolean =>
  LISTS[field]?.includes(word) === true;

/** Reads the name that stands next. Throws `LasthopError` `filter_malformed` when none can be read. */
export function readReportName(reader: Reader, field: ReportField): ReportTerm {
  const token = reader.takeName();
  const should = `the name of a ${field}, in quotes when it has a space or a sign`;
  if (token === null) return reader.fail(reader.peek(), "is not a name", should);
  if (RESERVED.has(token.text)) reader.fail(token, "is not a name", should);
  const list = LISTS[field];
  // `pod/NAME` as kubectl has it is `pod NAME`.
  const parts = partsOf((list === undefined ? token.raw : token.text).replace(/^\//, ""));
  if (parts.length === 1 && parts[0] === "") reader.fail(token, "is not a name", should);
  if (list !== undefined && !list.some((word) => matchesName(parts, word))) {
    refuse(reader, token, field, list);
  }
  return { kind: "report", field, parts };
}

function refuse(reader: Reader, token: Token, field: ReportField, list: readonly string[]): never {
  if (list.length <= 16) reader.fail(token, `is not an ${field}`, `one of ${list.join(", ")}`);
  const words = token.text.split(/[^a-z0-9]+/).filter((word) => word.length > 2);
  const near = list.filter((code) => words.some((word) => code.includes(word))).slice(0, NEAR_MAX);
  const should = near.length > 0 ? `as ${near.join(", ")}` : "a code of `lasthop explain`";
  reader.fail(token, `is not the code of a ${field}`, should);
}

/** What stands between the `*` of a name; one in quotes is a `*` of the name itself. */
function partsOf(raw: string): string[] {
  const parts = [""];
  for (const [piece] of raw.matchAll(/"(?:[^"\\]|\\.)*"|\*+|[^"*]+/gu)) {
    if (piece.startsWith("*")) parts.push("");
    else parts.push(parts.pop()! + (piece.startsWith('"') ? unquoted(piece) : piece));
  }
  return parts;
}

const unquoted = (text: string) => text.slice(1, -1).replace(/\\(.)/gu, "$1");

/** Whether a name of this kind is meant. What is in a Kubernetes namespace may be meant without it. */
export function namesIt(field: ReportField, parts: readonly string[], name: string): boolean {
  if (matchesName(parts, name)) return true;
  return NAMESPACED_FIELDS.has(field) && matchesName(parts, name.slice(name.indexOf("/") + 1));
}

/** Whether a name has these parts in this order, with anything between them and nothing around. */
export function matchesName(parts: readonly string[], name: string): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** A name as a filter has it. */
export const printName = (parts: readonly string[]): string =>
  parts.length === 1
    ? quotedName(parts[0]!)
    : parts.map((part) => part && quotedPart(part)).join("*");

/** A whole name, in quotes where it could be read as something else. */
export const quotedName = (name: string): string =>
  RESERVED.has(name.toLowerCase()) ? quoted(name) : quotedPart(name);

const quotedPart = (text: string) => PLAIN.test(text) ? text : quoted(text);
const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
