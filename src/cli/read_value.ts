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

const SECONDS_OF_UNIT: Readonly<Record<string, number>> = {
  "": 1,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/**
 * A time in seconds, of a number (seconds) or one with a unit: `90`, `1.5m`, `2h`. Throws LasthopError
 * `usage` for what is no time above 0, or longer than `secondsMax`.
 */
export function readSeconds(
  text: string,
  option = "--for",
  secondsMax = SECONDS_MAX,
): number {
  const rule = "seconds greater than 0, or like 30s, 5m, 2h";
  const [, digits, unit = ""] = /^(\d*\.?\d+)([smhd]?)$/.exec(text) ?? [];
  if (digits === undefined) throw cannotRead(option, `"${text}" is not a time`, rule);
  const seconds = Number(digits) * SECONDS_OF_UNIT[unit]!;
  if (seconds === 0) throw cannotRead(option, `"${text}" is no time at all`, rule);
  if (seconds > secondsMax) {
    throw cannotRead(option, `"${text}" is too long`, `up to ${secondsMax} s`);
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

/** Where page and API answer when nobody says otherwise. */
export const USUAL_LISTEN: ListenAddress = {
  hostname: "127.0.0.1",
  port: 4680,
  anyPortIfBusy: true,
};

/**
 * `ADDR:PORT`, an IPv6 address in brackets; an address alone has the usual port, a port alone the
 * loopback address. Throws LasthopError `usage` for another form.
 */
export function readListen(text: string): ListenAddress {
  const rule = "ADDR:PORT, such as 127.0.0.1:4680 or [::1]:4680, or one of the two";
  const alone = /^\d{1,5}$/.test(text) ? `${USUAL_LISTEN.hostname}:${text}` : text;
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(alone);
  if (match === null) throw cannotRead("--listen", `"${text}" is not an address`, rule);
  const port = Number(match[3] ?? USUAL_LISTEN.port);
  if (port > 65535) throw cannotRead("--listen", `port ${port} is too large`, "0 to 65535");
  return { hostname: match[1] ?? match[2] ?? "", port, anyPortIfBusy: false };
}

/** What is pasted on a node. */
export interface JoinLine {
  /** Origin and path of the ingest, without a trailing slash. */
  ingest: string;
  /** The code. It stands behind the `#`, so that no part of a URL that is sent has it. */
  code: string;
}

/** `URL#CODE`. Throws LasthopError `usage` for another form. */
export function readJoinLine(text: string): JoinLine {
  const hash = text.indexOf("#");
  const code = text.slice(hash + 1);
  if (hash === -1 || !/^lh\.[\w-]+\.[\w-]+$/.test(code)) {
    const is = hash === -1 ? "it has no code" : "what follows the # is no code";
    throw cannotRead("the line", is, "URL#CODE, whole, as `lasthop serve` printed it");
  }
  return { ingest: readUrl(text.slice(0, hash), "the line"), code };
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
export function readUrl(text: string, option = "--ingest"): string {
  const url = webUrl(text, option);
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/** The same with its query. */
export const readWholeUrl = (text: string, option: string): string => webUrl(text, option).href;

function webUrl(text: string, option: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw cannotRead(option, `"${text}" is not a URL`, "http://HOST:PORT or https://HOST/PATH");
  }
  if (url.username !== "" || url.password !== "") {
    const hint = option === "--ingest" ? "; see --token-file" : "";
    throw cannotRead(option, "it holds a user or password", `a URL alone${hint}`);
  }
  return url;
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
