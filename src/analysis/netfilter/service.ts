/** Whether a refusing rule stands for a service that has no endpoints. */
import type { NetfilterRule, NetnsState } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import { ownersOf } from "../view/state_view.ts";
import type { Suspect } from "./candidates.ts";
import { iptablesWords } from "./iptables_words.ts";

/** kube-proxy's words: a comment of its iptables rules, the name of its nft map and chain. */
const NO_ENDPOINTS = /has no endpoints|@no-endpoint|no-endpoint-services/;

/** The service that a refusing rule stands for. */
export interface Service {
  /** How sure it is that the address is a service's. */
  confidence: "proven" | "likely";
  /** `namespace/name`, where the rule tells. */
  name: string | undefined;
}

/**
 * The service without endpoints that this rule, or one that led to it, stands for; null when it
 * stands for none.
 */
export function serviceRefusedBy(
  subject: Case,
  { rule, path, verdict }: Suspect,
  state: NetnsState,
): Service | null {
  if (!rule) return null;
  for (const each of [rule, ...path]) {
    const comment = `${each.comment ?? ""} ${each.text}`;
    if (NO_ENDPOINTS.test(comment)) {
      return {
        confidence: "proven",
        name: /([\w.-]+\/[\w.-]+?)(?::[\w.-]*)? has no endpoints/.exec(comment)?.[1] ??
          nameInMap(subject, state),
      };
    }
  }
  const { event } = subject;
  const address = event.destination;
  if (address === undefined || event.tunnelKind !== undefined) return null;
  if (ownersOf(subject.world.network, address).length > 0) return null;
  // A plain drop is somebody's policy; what answers for a service without endpoints rejects.
  if (verdict.do !== "reject") return null;
  const exact = [rule, ...path].some((each) => destinationsOf(each).includes(address));
  if (!exact || !translatesOthers(state, address)) return null;
  return { confidence: "likely", name: undefined };
}

/** kube-proxy's maps from what is asked to where it is refused; an element says for which service. */
const REFUSING_MAPS = /^no-endpoint-(services|nodeports)$/;

/** The service in the comment of the element that the packet meets: of its address, protocol and port. */
function nameInMap({ event }: Case, state: NetnsState): string | undefined {
  const { destination, protocol, destinationPort } = event;
  const name = protocolName(protocol);
  const keys = [[destination, name, destinationPort], [name, destinationPort]]
    .map((key) => JSON.stringify(key));
  for (const { name: map, elements } of state.sets) {
    if (!REFUSING_MAPS.test(map)) continue;
    for (const element of elements) {
      const { elem } = jsonOf(Array.isArray(element) ? element[0] : undefined);
      const { val, comment } = jsonOf(elem);
      if (!keys.includes(JSON.stringify(jsonOf(val).concat))) continue;
      return /^([\w.-]+\/[\w.-]+?)(?::[\w.-]*)?$/.exec(String(comment))?.[1];
    }
  }
  return undefined;
}

const jsonOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};

const PROTOCOLS: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp", 132: "sctp" };
const protocolName = (protocol: number | undefined) => PROTOCOLS[protocol ?? -1];

/** Rules that turn other single addresses into something else: this netns translates services. */
function translatesOthers(state: NetnsState, address: string): boolean {
  return state.netfilter.some((rule) =>
    /\bdnat\b|\bDNAT\b|-j KUBE-SVC-/.test(rule.text) &&
    destinationsOf(rule).some((other) => other !== address)
  );
}

/** Single addresses that a rule wants as the destination. */
function destinationsOf(rule: NetfilterRule): string[] {
  if (rule.tool !== "nft") {
    return iptablesWords(rule.text).conditions
      .filter(({ option, negated }) => option === "d" && !negated)
      .flatMap(({ values }) => values)
      .filter((value) => !value.includes("/") || /\/(32|128)$/.test(value))
      .map((value) => value.replace(/\/\d+$/, ""));
  }
  const text = rule.text.replace(/\bdnat\b.*$/, "");
  return [...text.matchAll(/\bip6? daddr ([0-9a-f:.]+)(?=\s|$)/g)].map((match) => match[1]!);
}
