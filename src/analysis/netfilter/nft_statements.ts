/** Statements of nft's rules by what they do to a packet. */
import { isJson } from "./json.ts";

/** Statements that neither decide nor change what later rules see. */
export const HARMLESS = new Set([
  ...["counter", "log", "set", "map", "notrack", "flow", "dup", "last", "ct helper", "ct timeout"],
  ...["ct expectation", "meter", "secmark", "comment", "continue"],
]);
/**
 * Statements that match only sometimes: rates, quotas, numbers of connections. `tproxy` ends the rule
 * where there is no socket for the packet, and else goes on with it, to its mark and its verdict.
 */
export const CHANCY = new Set(["limit", "quota", "ct count", "connlimit", "tproxy"]);
/** The statement leaves packet and mark as they are, and does not end the rule. */
export const looksOnly = (kind: string, body: unknown): boolean =>
  kind === "match" || CHANCY.has(kind) || HARMLESS.has(kind) || isForeignMatch(kind, body);

/** A match of iptables that nft can't print. */
export const isForeignMatch = (kind: string, body: unknown) =>
  kind === "xt" && isJson(body) && body.type === "match";
