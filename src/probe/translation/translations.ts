/**
 * Address translations out of node state: what the NAT rules of a namespace turn end points into.
 * They widen the filter, so that a packet stays visible on the other side of a NAT.
 *
 * Rules are read for what they may do, not for what they will: conditions that are not understood
 * are taken to hold. Too much is seen then, never too little.
 */
import type { Translation } from "../../event/filter/mod.ts";
import type { NatFacts } from "./facts.ts";
import { Reach } from "./reach.ts";
import type { Action, Where } from "./rule.ts";

/** What translations are looked for. */
export interface TranslationOptions {
  /** Addresses that the filter names: whose source a masquerade may change. */
  hosts: readonly string[];
  /** How many translations at most; 20,000 where absent. */
  translationsMax?: number;
}

/** Enough for a cluster of 10,000 services with two pods each. */
const TRANSLATIONS_MAX = 20_000;

/** Which end points may become which others in any of the namespaces, each pair once. */
export function translationsOf(
  facts: readonly NatFacts[],
  { hosts, translationsMax = TRANSLATIONS_MAX }: TranslationOptions,
): Translation[] {
  const found = new Map<string, Translation>();
  const known = facts.flatMap(({ addresses }) => addresses.map(({ address }) => address));
  const candidates = new Set([...hosts, ...known]);
  const senders = sendersOf(facts, candidates, new Set(known));
  for (const each of facts) {
    for (const translation of translationsIn(each, candidates, senders)) {
      const { from, to } = translation;
      if (from.address === to.address && (to.port ?? from.port) === from.port) continue;
      found.set(JSON.stringify(translation, asText), translation);
      if (found.size >= translationsMax) return [...found.values()];
    }
  }
  return [...found.values()];
}

const asText = (_: string, value: unknown) => typeof value === "bigint" ? String(value) : value;

/**
 * Addresses whose source may be changed: not those that exist only in front of a DNAT, which send
 * nothing themselves. Each would get every address of every node, too many for the kernel.
 */
function sendersOf(
  facts: readonly NatFacts[],
  candidates: ReadonlySet<string>,
  known: ReadonlySet<string>,
): Set<string> {
  const destinations = facts.flatMap(({ cases }) => cases)
    .filter(({ action }) => action.do === "destination")
    .flatMap(({ where }) => where.destinations ?? []);
  const services = new Set(destinations.filter((address) => !known.has(address)));
  return new Set([...candidates].filter((address) => !services.has(address)));
}

function* translationsIn(
  facts: NatFacts,
  candidates: ReadonlySet<string>,
  senders: ReadonlySet<string>,
): Generator<Translation> {
  const { cases, addresses } = facts;
  const reach = new Reach(facts);
  for (const { where, action } of cases) {
    if (action.do === "destination") {
      // What the namespace has itself need not be known, such as an address that came later.
      const own = where.isLocal && addresses.length > 0
        ? addresses.map(({ address }) => address)
        : candidates;
      for (const address of where.destinations ?? own) {
        yield* destinationCases(address, where, action);
      }
    }
    if (action.do !== "source") continue;
    const becomes = action.address === undefined
      ? addresses.filter(({ device }) => matchesDevice(device, where.outputDevice))
      : [{ address: action.address }];
    for (const from of senders) {
      const peers = reach.of(from, where);
      if (peers === null) continue;
      for (const { address } of becomes) {
        if (isVersion6(from) === isVersion6(address)) {
          yield { from: { address: from }, to: { address }, ...peers };
        }
      }
    }
  }
}

type DestinationAction = Extract<Action, { do: "destination" }>;

function* destinationCases(
  from: string,
  { protocols, ports }: Where,
  { address, port }: DestinationAction,
): Generator<Translation> {
  const to = { address: address ?? from, ...(port === undefined ? {} : { port }) };
  if (isVersion6(from) !== isVersion6(to.address)) return;
  for (const protocol of protocols ?? [undefined]) {
    for (const fromPort of ports ?? [undefined]) {
      yield {
        from: {
          address: from,
          ...(fromPort === undefined ? {} : { port: fromPort }),
          ...(protocol === undefined ? {} : { protocol }),
        },
        to,
      };
    }
  }
}

/** Rules write `eth*` (nft) or `eth+` (iptables) for all devices that begin so. */
function matchesDevice(name: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  return /[*+]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

const isVersion6 = (address: string) => address.includes(":");
