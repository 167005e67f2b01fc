/** A rule as `iptables-save` prints it: its conditions, then its target. */
import { anyMark, applyMark, type Effect, NO_MATCH, type Verdict } from "./effect.ts";
import { conditionHolds } from "./iptables_match.ts";
import { type Condition, iptablesWords, type Words } from "./iptables_words.ts";
import type { Traveller } from "./traveller.ts";
import { both, type Tri } from "../view/tri.ts";

/** Targets after which the next rule is asked. */
const HARMLESS = new Set([
  ...["LOG", "NFLOG", "ULOG", "TRACE", "NOTRACK", "CT", "TCPMSS", "TCPOPTSTRIP", "CHECKSUM", "SET"],
  ...["CLASSIFY", "TEE", "DSCP", "TOS", "TTL", "HL", "ECN", "SECMARK", "CONNSECMARK", "AUDIT"],
  ...["RATEEST", "LED", "IDLETIMER", "HMARK"],
]);
const ACCEPTING = new Set(["ACCEPT", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP"]);

/** Modules that match by being named, without an option. */
const BARE_MODULES = new Set([
  ...["tcp", "udp", "icmp", "icmp6", "sctp", "comment", "conntrack", "state", "multiport", "mark"],
  ...["addrtype", "physdev", "mac", "iprange", "pkttype", "ttl", "hl", "length"],
]);

/**
 * What a rule in the words of `iptables-save` does to the packet. A change of the mark is made to
 * `at`.
 */
export function iptablesEffect(
  text: string,
  at: Traveller,
  isChain: (name: string) => boolean,
): Effect {
  const words = iptablesWords(text);
  const match = matchOf(words, at);
  if (match === "no") return NO_MATCH;
  changeMark(words, match, at);
  return { match, verdicts: verdictsOf(words, isChain) };
}

/** What the rule may end in, whatever the packet is. */
export function iptablesVerdicts(text: string, isChain: (name: string) => boolean): Verdict[] {
  return verdictsOf(iptablesWords(text), isChain);
}

/** Most rules of a long list differ in their first condition: the rest is not asked then. */
function matchOf({ conditions, modules }: Words, at: Traveller): Tri {
  let match: Tri = modules.every((module) => BARE_MODULES.has(module)) ? "yes" : "unknown";
  for (const condition of conditions) {
    match = both(match, conditionHolds(condition, at));
    if (match === "no") return "no";
  }
  return match;
}

function verdictsOf(
  { target, goto, targetOptions }: Words,
  isChain: (name: string) => boolean,
): Verdict[] {
  if (target === null || target === "" || HARMLESS.has(target) || isMarking(target)) return [];
  if (ACCEPTING.has(target)) return [{ do: "accept" }];
  if (target === "DROP") return [{ do: "drop" }];
  if (target === "RETURN") return [{ do: "return" }];
  if (target === "QUEUE" || target === "NFQUEUE") return [{ do: "queue" }];
  if (target === "REJECT") {
    const how = targetOptions.find(({ option }) => option === "reject-with")?.values[0];
    return [{ do: "reject", with: how ?? "icmp-port-unreachable" }];
  }
  if (isChain(target)) return [{ do: goto ? "goto" : "jump", chain: target }];
  return [{ do: "unknown" }];
}

const isMarking = (target: string) => target === "MARK" || target === "CONNMARK";

function changeMark({ target, targetOptions }: Words, match: Tri, at: Traveller): void {
  if (target === "CONNMARK") {
    const restores = targetOptions.some(({ option }) => option === "restore-mark");
    return restores ? applyMark(at, match, anyMark) : undefined;
  }
  if (target !== "MARK") return;
  for (const { option, values } of targetOptions) applyMark(at, match, markChange(option, values));
}

/** `--set-xmark value/mask` clears the mask's bits and flips the value's. */
function markChange(option: Condition["option"], values: string[]) {
  const [value, mask = 0xffffffff] = (values[0] ?? "").split("/").map(Number);
  if (option !== "set-xmark" || value === undefined || Number.isNaN(value) || Number.isNaN(mask)) {
    return anyMark;
  }
  // Bits of the value outside the mask are flipped, not set.
  if ((value & ~mask) !== 0) return anyMark;
  return { mask: mask >>> 0, value: { value: value >>> 0, known: 0xffffffff } };
}
