/** Readers of option values. Each throws an error that names the option, the value and the rule. */
import { ALL_OUTCOMES, type ExchangeOutcome, type Outcome } from "../event/codes.ts";
import { LasthopError } from "../event/error.ts";
import type { NodeWords } from "../probe/session/mod.ts";

/** 23 days: timers count milliseconds in 31 bits, and one set for longer fires at once. */
const SECONDS_MAX = 2_000_000;
/** Characters; as in the header of a batch: `src/event/batch.ts`. */
export const NODE_NAME_CHARS_MAX = 253;
/** Characters; as in the header of a batch. */
export const INCIDENT_CHARS_MAX = 128;

/** An address to listen on. */
export interface ListenAddress {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  hostname: string;
  /** 0 to 65535; 0 lets the system choose. */
  port: number;
  /** Nobody asked for this port: when it is busy, any free one will do. */
  anyPortIfBusy: boolean;
}

/** The error of a command line that makes no sense: exit code 2. */
export function usageError(message: string): LasthopError {
  return new LasthopError("usage", message, 2);
}

/** `Cannot read OPTION: PROBLEM, must be RULE`. */
export function cannotRead(option: string, problem: string, rule: string): LasthopError {
  return usageError(`Cannot read ${option}: ${problem}, must be ${rule}`);
}

/** A time of `--for` in seconds. Throws LasthopError `usage` for what is no time above 0, or too long. */
export function readSeconds(text: string): number {
  const rule = "seconds greater than 0";
  const seconds = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(seconds)) throw cannotRead("--for", `"${text}" is not a number`, rule);
  if (seconds === 0) throw cannotRead("--for", `"${text}" is no time at all`, rule);
  if (seconds > SECONDS_MAX) {
    throw cannotRead("--for", `"${text}" is too long`, `up to ${SECONDS_MAX}`);
  }
  return seconds;
}

/**
 * Adds one `NAME=NETNS[,NETNS…]` to those given before it. Throws LasthopError `usage` for another
 * form, and for a name or a namespace that was given before.
 */
export function readNode(text: string, earlier: NodeWords[] = []): NodeWords[] {
  const rule = "NAME=NETNS[,NETNS…]";
  const equals = text.indexOf("=");
  const name = text.slice(0, Math.max(equals, 0));
  const netns = text.slice(equals + 1).split(",");
  if (equals < 1) throw cannotRead("--node", `"${text}" names no node`, rule);
  readName("--node", name, NODE_NAME_CHARS_MAX);
  if (netns.includes("")) throw cannotRead("--node", `"${text}" lacks a namespace`, rule);
  const taken = (what: string, by: string) =>
    cannotRead("--node", `${what} belongs to "${by}" already`, "given once");
  for (const other of earlier) {
    if (other.name === name) throw taken(`name "${name}"`, name);
    const shared = netns.find((space) => other.netns.includes(space));
    if (shared !== undefined) throw taken(`namespace "${shared}"`, other.name);
  }
  return [...earlier, { name, netns: [...new Set(netns)] }];
}

/** `ADDR:PORT`, an IPv6 address in brackets. Throws LasthopError `usage` for another form. */
export function readListen(text: string): ListenAddress {
  const rule = "ADDR:PORT, such as 127.0.0.1:4680 or [::1]:4680";
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  if (match === null) throw cannotRead("--listen", `"${text}" is not an address`, rule);
  const port = Number(match[3]);
  if (port > 65535) throw cannotRead("--listen", `port ${port} is too large`, "0 to 65535");
  return { hostname: match[1] ?? match[2] ?? "", port, anyPortIfBusy: false };
}

/** True for an address that only this machine reaches. */
export function isLoopback({ hostname }: ListenAddress): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Outcomes with commas between them. Throws LasthopError `usage` for a word that is none. */
export function readOutcomes(text: string): (Outcome | ExchangeOutcome)[] {
  return text.split(",").map((word) => {
    const outcome = ALL_OUTCOMES.find((known) => known === word);
    if (outcome !== undefined) return outcome;
    const rule = `one of ${ALL_OUTCOMES.join(", ")}`;
    throw cannotRead("--fail-on", `"${word}" is not an outcome`, rule);
  });
}

/**
 * Origin and path of an http or https URL, without a trailing slash. Throws LasthopError `usage` for
 * another scheme, and for a URL that holds a user or a password.
 */
export function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw cannotRead("--ingest", `"${text}" is not a URL`, "http://HOST:PORT or https://HOST");
  }
  if (url.username !== "" || url.password !== "") {
    throw cannotRead("--ingest", "it holds a user or password", "a URL alone; see --token");
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/**
 * A name of a node or an incident: it becomes a name of files and a part of URLs. `lengthMax` in
 * characters. Throws LasthopError `usage` for other characters or a longer name.
 */
export function readName(option: string, text: string, lengthMax: number): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text) && text.length <= lengthMax) return text;
  const rule = `1 to ${lengthMax} letters, digits, ".", "-" or "_", first a letter or digit`;
  throw cannotRead(option, `"${text}" is not a name`, rule);
}
