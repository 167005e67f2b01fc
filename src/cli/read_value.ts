/** Readers of option values. Each throws a usage error that names the option, the value, the rule. */
import { type Outcome, OUTCOMES } from "../event/codes.ts";
import { LasthopError } from "../event/error.ts";
import { LAB_ACTIONS, type LabAction, type ListenAddress, type NodeSpec } from "./options.ts";

/** 23 days: timers count milliseconds in 31 bits, and one set for longer fires at once. */
const secondsMax = 2_000_000;
/** As in the header of a batch: `src/event/batch.ts`. */
export const nodeNameMax = 253;
export const incidentMax = 128;

export function usageError(message: string): LasthopError {
  return new LasthopError("usage", message, 2);
}

function cannotRead(option: string, problem: string, rule: string): LasthopError {
  return usageError(`Cannot read ${option}: ${problem}, must be ${rule}`);
}

export function readSeconds(text: string): number {
  const rule = "seconds greater than 0";
  const seconds = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(seconds)) throw cannotRead("--for", `"${text}" is not a number`, rule);
  if (seconds === 0) throw cannotRead("--for", `"${text}" is no time at all`, rule);
  if (seconds > secondsMax) {
    throw cannotRead("--for", `"${text}" is too long`, `up to ${secondsMax}`);
  }
  return seconds;
}

/** Adds one `NAME=NETNS[,NETNS…]` to those given before it. */
export function readNode(text: string, earlier: NodeSpec[] = []): NodeSpec[] {
  const rule = "NAME=NETNS[,NETNS…]";
  const equals = text.indexOf("=");
  const name = text.slice(0, Math.max(equals, 0));
  const netns = text.slice(equals + 1).split(",");
  if (equals < 1) throw cannotRead("--node", `"${text}" names no node`, rule);
  readName("--node", name, nodeNameMax);
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

/** `ADDR:PORT`, an IPv6 address in brackets; port 0 lets the system choose. */
export function readListen(text: string): ListenAddress {
  const rule = "ADDR:PORT, such as 127.0.0.1:4680 or [::1]:4680";
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  if (match === null) throw cannotRead("--listen", `"${text}" is not an address`, rule);
  const port = Number(match[3]);
  if (port > 65535) throw cannotRead("--listen", `port ${port} is too large`, "0 to 65535");
  return { hostname: match[1] ?? match[2] ?? "", port, anyPortIfBusy: false };
}

export function isLoopback({ hostname }: ListenAddress): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

export function readOutcomes(text: string): Outcome[] {
  return text.split(",").map((word) => {
    const outcome = OUTCOMES.find((known) => known === word);
    if (outcome !== undefined) return outcome;
    throw cannotRead("--fail-on", `"${word}" is not an outcome`, `one of ${OUTCOMES.join(", ")}`);
  });
}

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

/** Adds one site, as browsers name it, to those given before it. */
export function readOrigin(text: string, earlier: string[] = []): string[] {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.origin === text) {
    return [...earlier, text];
  }
  throw cannotRead("--allow-origin", `"${text}" is not an origin`, "https://HOST or with :PORT");
}

/** Names of nodes and incidents become names of files and parts of URLs. */
export function readName(option: string, text: string, lengthMax: number): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text) && text.length <= lengthMax) return text;
  const rule = `1 to ${lengthMax} letters, digits, ".", "-" or "_", first a letter or digit`;
  throw cannotRead(option, `"${text}" is not a name`, rule);
}

export function readLabAction(text: string): LabAction {
  const action = LAB_ACTIONS.find((known) => known === text);
  if (action !== undefined) return action;
  throw cannotRead("the action", `"${text}" is not known`, `one of ${LAB_ACTIONS.join(", ")}`);
}
