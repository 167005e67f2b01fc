/** Which part of nft's rules a message of the kernel is about, so that no more is read again. Pure. */
import { attributesOf, int32, type Message } from "../netlink/message.ts";
import { FAMILIES } from "../netlink/questions.ts";

/** nf_tables among what netfilter's netlink serves. */
const NFTABLES = 10 << 8;
/** NEWCHAIN, DELCHAIN; NEWRULE, DELRULE; NEWSETELEM, DELSETELEM; NEWGEN. */
const [NEW_CHAIN, DELETED_CHAIN] = [NFTABLES | 3, NFTABLES | 5];
const RULES = [NFTABLES | 6, NFTABLES | 8];
const ELEMENTS = [NFTABLES | 12, NFTABLES | 14];
const GENERATION = NFTABLES | 15;
/** Bytes of `struct nfgenmsg`, which begins with the family. */
const HEADER_BYTES = 4;
/**
 * Attributes: of a rule its table and chain, of elements their table and set, of a chain its table, name and
 * hook; the number of a ruleset.
 */
const TABLE = 1;
const HOLDER = 2;
const CHAIN_NAME = 3;
const CHAIN_HOOK = 4;
const GENERATION_ID = 1;

/** A part that can be read by itself. */
export interface RulesPart {
  /** Rules of a chain, or elements of a set or map. */
  kind: "chain" | "set";
  /** A chain that is new, or was told anew, with its rules; or that is no more. Absent: what it has changed. */
  how?: "new" | "gone";
  family: string;
  table: string;
  name: string;
}

/** What a message tells. */
export type RulesChange = RulesPart | { kind: "generation"; number: number };

/** nft reads its arguments as its language: a name that is more than a word could say more. */
const NAME = /^\w[\w.-]*$/;

/** Undefined: all may be otherwise. */
export function rulesChangeOf({ type, body }: Message): RulesChange | undefined {
  const attributes = attributesOf(body, HEADER_BYTES);
  if (type === GENERATION) {
    const number = int32(attributes.get(GENERATION_ID), false);
    return number === undefined ? undefined : { kind: "generation", number };
  }
  const family = FAMILIES[body[0] ?? 0];
  const table = nameIn(attributes.get(TABLE));
  if (family === undefined || table === undefined) return undefined;
  const part = (kind: RulesPart["kind"], id: number, how?: RulesPart["how"]) => {
    const name = nameIn(attributes.get(id));
    return name === undefined ? undefined : { kind, family, table, name, ...(how && { how }) };
  };
  if (RULES.includes(type)) return part("chain", HOLDER);
  if (ELEMENTS.includes(type)) return part("set", HOLDER);
  // Of one with a hook more may be otherwise, such as its policy.
  if (attributes.has(CHAIN_HOOK)) return undefined;
  if (type === NEW_CHAIN) return part("chain", CHAIN_NAME, "new");
  return type === DELETED_CHAIN ? part("chain", CHAIN_NAME, "gone") : undefined;
}

/** Undefined: there is none, or nft could read it as more. */
function nameIn(bytes: Uint8Array | undefined): string | undefined {
  const name = new TextDecoder().decode(bytes).replace(/\0$/, "");
  return NAME.test(name) ? name : undefined;
}

/**
 * Two changes of one part as one; undefined: all may be otherwise, because a chain that went and came back may
 * stand elsewhere.
 */
export function bothChanges(before: RulesPart, now: RulesPart): RulesPart | undefined {
  if (before.how === "gone") return undefined;
  return now.how === undefined ? before : now;
}

/** What tells a part from others. */
export const partKey = ({ kind, family, table, name }: RulesPart): string =>
  `${kind} ${family} ${table} ${name}`;
