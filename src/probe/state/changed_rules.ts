/** Which part of nft's rules a message of the kernel is about, so that no more is read again. Pure. */
import { attributesOf, int32, type Message } from "../netlink/message.ts";
import { FAMILIES } from "../netlink/questions.ts";

/** nf_tables among what netfilter's netlink serves. */
const NFTABLES = 10 << 8;
/** NEWRULE, DELRULE; NEWSETELEM, DELSETELEM; NEWGEN. */
const RULES = [NFTABLES | 6, NFTABLES | 8];
const ELEMENTS = [NFTABLES | 12, NFTABLES | 14];
const GENERATION = NFTABLES | 15;
/** Bytes of `struct nfgenmsg`, which begins with the family. */
const HEADER_BYTES = 4;
/** Attributes: of a rule its table and chain, of elements their table and set; the number of a ruleset. */
const TABLE = 1;
const HOLDER = 2;
const GENERATION_ID = 1;

/** A part that can be read by itself. */
export interface RulesPart {
  /** Rules of a chain, or elements of a set or map. */
  kind: "chain" | "set";
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
  const kind = RULES.includes(type) ? "chain" : ELEMENTS.includes(type) ? "set" : undefined;
  const family = FAMILIES[body[0] ?? 0];
  if (kind === undefined || family === undefined) return undefined;
  const [table, name] = [TABLE, HOLDER].map((id) => textOf(attributes.get(id)));
  if (!NAME.test(table!) || !NAME.test(name!)) return undefined;
  return { kind, family, table: table!, name: name! };
}

const textOf = (bytes: Uint8Array | undefined) =>
  new TextDecoder().decode(bytes).replace(/\0$/, "");

/** What tells a part from others. */
export const partKey = ({ kind, family, table, name }: RulesPart): string =>
  `${kind} ${family} ${table} ${name}`;
