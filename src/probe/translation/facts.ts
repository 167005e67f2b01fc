/** What the NAT of a namespace does: its rules, read and followed. */
import type { NetnsState } from "../../event/state.ts";
import { bitsNeeded } from "./marks.ts";
import type { Case } from "./rule.ts";
import { RuleWalk } from "./walk.ts";

/** What the NAT of one namespace does, small enough to be kept while a trace runs. */
export interface NatFacts {
  /** Every translation that its chains may come to, with the conditions on the way to it. */
  cases: Case[];
  /** What may set bits of a packet's mark that masquerading asks for, with the conditions. */
  markings: Case[];
  /** Its own addresses that others see, by device. */
  addresses: { device: string; address: string }[];
}

/** The translations of a namespace, from its NAT chains, sets and addresses. */
export function natFactsOf(state: NetnsState): NatFacts {
  const addresses = state.links.filter(({ kind }) => kind !== "loopback")
    .flatMap(({ name: device, addresses }) =>
      addresses.filter(({ scope }) => scope !== "link" && scope !== "host")
        .map(({ address }) => ({ device, address }))
    );
  const rules = new RuleWalk(state);
  const cases = rules.translating();
  const bits = cases.reduce(
    (bits, { where, action }) => action.do === "source" ? bits | bitsNeeded(where) : bits,
    0,
  );
  return { cases, markings: bits === 0 ? [] : rules.marking(bits), addresses };
}
