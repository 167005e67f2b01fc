/** An address that a rule refuses because it stands in a set, as what bans hosts enters it. */
import type { NetfilterRule, NetfilterSet, NetnsState } from "../../../event/state.ts";
import { isJson } from "../../netfilter/json.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { named, type Word } from "../word.ts";

/** A set that a rule asks for an address of the packet. */
export interface Listed {
  set: NetfilterSet;
  /** The packet's address, as the set has it: the element is this address alone. */
  entry?: string;
}

/**
 * The set that the rule looks the packet's source or destination up in. Null where the rule asks none, or
 * asks that the address is not in it.
 */
export function listedBy(
  { event }: Case,
  rule: NetfilterRule,
  { sets }: NetnsState,
): Listed | null {
  const asked = rule.tool === "nft" ? askedOfNft(rule) : askedOfIptables(rule);
  if (!asked) return null;
  const set = sets.find(({ family, table, name, map }) =>
    name === asked.set && !map &&
    (rule.tool === "nft" ? family === rule.family && table === rule.table : family === "ipset")
  );
  if (!set) return null;
  const address = asked.isSource ? event.source : event.destination;
  const isEntered = set.elements.some((element) => addressOf(element) === address);
  return { set, ...(isEntered && address !== undefined ? { entry: address } : {}) };
}

interface Asked {
  set: string;
  isSource: boolean;
}

function askedOfNft({ expressions = [] }: NetfilterRule): Asked | null {
  for (const expression of expressions) {
    const match = isJson(expression) ? expression.match : undefined;
    if (!isJson(match) || !(match.op === "==" || match.op === "in")) continue;
    const payload = isJson(match.left) ? match.left.payload : undefined;
    if (!isJson(payload) || typeof match.right !== "string" || !match.right.startsWith("@")) {
      continue;
    }
    const { field } = payload;
    if (field === "saddr" || field === "daddr") {
      return { set: match.right.slice(1), isSource: field === "saddr" };
    }
  }
  return null;
}

function askedOfIptables({ text }: NetfilterRule): Asked | null {
  const [, not, set, way] = /(! )?--match-set (\S+) (src|dst)\b/.exec(text) ?? [];
  return set === undefined || not !== undefined ? null : { set, isSource: way === "src" };
}

/** The address that an element is; undefined for a network, a range, or several parts. */
function addressOf(element: unknown): string | undefined {
  if (typeof element === "string") return element.split(" ")[0];
  return isJson(element) && isJson(element.elem) ? addressOf(element.elem.val) : undefined;
}

/** The set without the entry. */
export const withoutEntry = ({ set, entry }: Required<Listed>): NetfilterSet => ({
  ...set,
  elements: set.elements.filter((element) => addressOf(element) !== entry),
});

/** The words that name a set, behind those of what is done with it. */
const nameOf = ({ family, table, name }: NetfilterSet): Word[] => [family, table, name].map(named);

/** Shows the set: who entered what it has knows whether it should. */
export const setShown = ({ node, netns }: Case, { set }: Listed): string[] =>
  command(
    node,
    netns,
    set.family === "ipset"
      ? ["ipset", "list", named(set.name)]
      : ["nft", "list", "set", ...nameOf(set)],
  );
