/**
 * Reads a filter: pcap-filter's grammar, without what a packet's end points cannot answer.
 *
 * As in pcap, `and` and `or` bind equally and group to the left, `not` binds tightest, and a value
 * without a keyword takes the qualifiers of the term before it (`tcp port 80 or 443`).
 */
import {
  ALL,
  depthOf,
  type FilterNode,
  ICMP,
  ICMP6,
  join,
  type NamedFilter,
  REPORT_FIELDS,
  type ReportField,
  type ReportFilter,
  type Side,
} from "./ast.ts";
import { malformed } from "./malformed.ts";
import { inNamespace, readNamespace, withSide } from "./namespace.ts";
import { hasList, isListed, readReportName } from "./report_names.ts";
import type { Qualifier } from "./qualifier.ts";
import { Reader, type Token } from "./tokens.ts";
import { readValue } from "./values.ts";
import {
  ALIASES,
  KEYWORDS,
  lookUp,
  NAME_KEYWORDS,
  NETWORK_WORDS,
  PORT_NAMES,
  PORT_PROTOCOL_WORDS,
  PROTOCOL_NAMES,
  REPORT_KEYWORDS,
  UNSUPPORTED,
} from "./words.ts";

/** Characters of a filter. */
export const FILTER_LENGTH_MAX = 2000;
/** Levels of parentheses and `not` in a filter. */
export const FILTER_DEPTH_MAX = 50;

interface Operand {
  node: ReportFilter;
  /** What a bare value after it inherits; null after a parenthesis or a bare protocol. */
  qualifier: Qualifier | null;
}

const TYPES = ["host", "net", "port", "portrange", "proto"] as const;
const REPORT_WORDS: ReadonlySet<string> = new Set(REPORT_FIELDS);
const WORDS: ReadonlySet<string> = new Set([...REPORT_KEYWORDS, ...Object.keys(ALIASES)]);
const NOT_A_TERM = /^(|and|or|[)/])$/;
const VALUES = {
  bare: "an IP address, host, net or port",
  host: "an IP address",
  net: "a network, like 10.0.0.0/8",
  port: "a port",
  portrange: "two ports, like 6000-6008",
  proto: "a protocol's number or name",
};
const BARE: Qualifier = { side: "either" };

/**
 * Reads a filter of packets; the empty one matches all. Throws `LasthopError` `filter_malformed`,
 * also for a word that only a report knows.
 */
export function parseFilter(text: string): FilterNode {
  // The reader lets no term of a report pass, and there are no others that are not of packets.
  return parse(new Reader(text, KEYWORDS)) as FilterNode;
}

/**
 * Reads a filter of packets that may name pods, namespaces and nodes (`src pod shop/web-*`), which
 * `resolveNames` turns into their addresses. Throws `LasthopError` `filter_malformed`.
 */
export const parseNamedFilter = (text: string): NamedFilter =>
  parse(new Reader(text, NAME_KEYWORDS));

/**
 * Reads a filter of what is in a report: of packets, with the words that only a report knows. Throws
 * `LasthopError` `filter_malformed`.
 */
export const parseReportFilter = (text: string): ReportFilter =>
  parse(new Reader(text, REPORT_KEYWORDS));

function parse(reader: Reader): ReportFilter {
  const { text } = reader;
  if (text.length > FILTER_LENGTH_MAX) {
    const is = `the filter has ${text.length} characters`;
    throw malformed(text, FILTER_LENGTH_MAX, `${is}, must be at most ${FILTER_LENGTH_MAX}`);
  }
  const namespace = readNamespace(reader);
  if (reader.peek().text === "") return inNamespace(ALL, namespace);
  const { node } = readExpression(reader, null, false);
  const rest = reader.peek();
  if (rest.text === ")") reader.fail(rest, "closes nothing", `the end, "and" or "or"`);
  if (rest.text !== "") reader.fail(rest, "follows a whole term", `"and" or "or" before it`);
  const depth = depthOf(node);
  if (depth > FILTER_DEPTH_MAX) {
    throw malformed(text, 0, `the filter nests ${depth} deep, must be at most ${FILTER_DEPTH_MAX}`);
  }
  return inNamespace(node, namespace);
}

/** `valuesOnly` inside `port ( … )`, where every value already has its qualifiers. */
function readExpression(reader: Reader, from: Qualifier | null, valuesOnly: boolean): Operand {
  let left = readOperand(reader, from, valuesOnly);
  for (let sign; (sign = reader.accept("and", "or"));) {
    const right = readOperand(reader, left.qualifier, valuesOnly);
    const node = join(sign.text as "and" | "or", [left.node, right.node]);
    left = { node, qualifier: right.qualifier };
  }
  return left;
}

function readOperand(reader: Reader, from: Qualifier | null, valuesOnly: boolean): Operand {
  if (reader.accept("not")) {
    const { node, qualifier } = readOperand(reader, from, valuesOnly);
    return { node: { kind: "not", node }, qualifier };
  }
  const open = reader.accept("(");
  if (open) {
    const { node, qualifier } = readExpression(reader, from, valuesOnly);
    if (!reader.accept(")")) {
      reader.fail(reader.peek(), "follows a whole term", `")" for column ${open.at + 1}`);
    }
    return { node, qualifier: qualifier === from ? from : null };
  }
  if (valuesOnly && isReportWord(from!.type)) {
    return { node: readReportName(reader, from!.type), qualifier: from };
  }
  const token = reader.peek();
  if (valuesOnly) checkValue(reader, token, from!);
  else if (WORDS.has(token.text)) return readTerm(reader);
  else if (NOT_A_TERM.test(token.text)) {
    reader.fail(token, "is not a term", `"not", "(" or one of ${reader.keywords.join(", ")}`);
  } else if (!mayBeValue(token.text, from)) refuseWord(reader, token);
  const qualifier = from ?? BARE;
  if (isReportWord(qualifier.type)) {
    return { node: readReportName(reader, qualifier.type), qualifier };
  }
  return { node: readValue(reader, qualifier), qualifier };
}

const isReportWord = (type: string | undefined): type is ReportField =>
  type !== undefined && REPORT_WORDS.has(type);

/** Between a keyword and its value, and inside `port ( … )`, no other keyword can stand. */
function checkValue(reader: Reader, token: Token, { type }: Qualifier): void {
  if (type === "proto" && lookUp(PROTOCOL_NAMES, token.text) !== undefined) return;
  if (WORDS.has(token.text) || NOT_A_TERM.test(token.text)) {
    const should = isReportWord(type) ? `the name of a ${type}` : VALUES[type ?? "bare"];
    reader.fail(token, "is not a value", should);
  }
}

/** Without a keyword: is it a value that inherits one, or a keyword mistyped? */
function mayBeValue(text: string, from: Qualifier | null): boolean {
  if (/[.:]/.test(text)) return true;
  if (from === null) return false;
  if (isReportWord(from.type)) return isListed(from.type, text);
  if (/^\d/.test(text)) return true;
  const names = from.type === "proto" ? PROTOCOL_NAMES : PORT_NAMES;
  return from.type !== undefined && lookUp(names, text) !== undefined;
}

function refuseWord(reader: Reader, token: Token): never {
  const known = `one of ${reader.keywords.join(", ")}`;
  if (/^\d+$/.test(token.text)) reader.fail(token, "has no keyword", `after ${known}`);
  if (lookUp(PROTOCOL_NAMES, token.text) !== undefined) {
    reader.fail(token, "is not a keyword", `"proto ${token.text}", or ${known}`);
  }
  const problem = UNSUPPORTED.has(token.text) ? "is not supported" : "is not a keyword";
  reader.fail(token, problem, known);
}

/** A term that starts with a keyword: a bare protocol, or qualifiers and their values. */
function readTerm(reader: Reader): Operand {
  const protocol = reader.accept(...KEYWORDS.slice(KEYWORDS.indexOf("ip")));
  const side = readSide(reader);
  const typeToken = reader.accept(...TYPES, ...REPORT_FIELDS) ?? readAlias(reader);
  if (protocol && side === null && typeToken === null) {
    return { node: bareProtocol(protocol.text), qualifier: null };
  }
  const type = typeToken?.text as Qualifier["type"];
  if (protocol) checkProtocol(reader, protocol, typeToken);
  if (isReportWord(type)) checkReportWord(reader, typeToken!, side);
  const isNamedEnd = isReportWord(type) && side !== null;
  if (type === "proto" && side !== null) {
    reader.fail(typeToken!, "has no source or destination", "without src or dst");
  }
  const qualifier = { protocol: protocol?.text, side: side ?? "either", type } as const;
  const { node: read } = readOperand(reader, qualifier, true);
  const node = isNamedEnd ? withSide(read, side) : read;
  // Any word may be a name: only those of a list are taken without their keyword.
  return { node, qualifier: isReportWord(type) && !hasList(type) ? null : qualifier };
}

/** Another word for a keyword, as that one; only where names can stand. */
function readAlias(reader: Reader): Token | null {
  const token = reader.keywords.includes("pod") ? reader.accept(...Object.keys(ALIASES)) : null;
  return token && { ...token, text: ALIASES[token.text]! };
}

/** `src`, `dst`, `src or dst`, `src and dst`; null when there is none. */
function readSide(reader: Reader): Side | null {
  const first = reader.accept("src", "dst");
  if (!first) return null;
  const other = first.text === "src" ? "dst" : "src";
  const sign = reader.accept("and", "or");
  if (sign) {
    const second = reader.take();
    if (second.text !== other) {
      reader.fail(second, `cannot follow "${first.text} ${sign.text}"`, other);
    }
    return sign.text === "and" ? "both" : "either";
  }
  return first.text === "src" ? "source" : "destination";
}

/** A packet in the kernel does not know what a report will say of it. */
function checkReportWord(reader: Reader, token: Token, side: Side | null): void {
  if (!reader.keywords.includes(token.text)) {
    reader.fail(token, "can be asked of a report alone", `one of ${reader.keywords.join(", ")}`);
  }
  if (side !== null && reader.keywords !== NAME_KEYWORDS) {
    reader.fail(token, "has no source or destination", "without src or dst");
  }
}

function bareProtocol(word: string): FilterNode {
  if (word === "icmp") return { kind: "protocol", protocol: ICMP, network: "ip4" };
  if (word === "icmp6") return { kind: "protocol", protocol: ICMP6, network: "ip6" };
  const network = NETWORK_WORDS[word];
  if (network) return { kind: "network", network };
  return { kind: "protocol", protocol: PORT_PROTOCOL_WORDS[word]! };
}

/** `tcp` qualifies ports and `ip` addresses; the rest is pcap's nonsense too. */
function checkProtocol(reader: Reader, protocol: Token, typeToken: Token | null): void {
  const word = protocol.text;
  const type = typeToken?.text;
  const at = typeToken ?? reader.peek();
  const problem = `does not go with ${JSON.stringify(word)}`;
  if (word in PORT_PROTOCOL_WORDS) {
    if (type === "port" || type === "portrange") return;
    reader.fail(at, problem, `port or portrange; for an address write "${word} and host ..."`);
  }
  if (word === "icmp" || word === "icmp6") {
    reader.fail(at, problem, `"${word} and ..."`);
  }
  if (type === "port" || type === "portrange") {
    reader.fail(at, problem, `host, net or proto; for a port write "${word} and port ..."`);
  }
  if (type === "proto" && word === "arp") reader.fail(at, problem, "host or net");
}
