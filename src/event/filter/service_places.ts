/** Services that a node knows by the rules of kube-proxy: a comment says which service an address is. Pure. */
import type { NetfilterRule, NetfilterSet, NetnsState } from "../state.ts";
import type { NamedPlace } from "./resolve.ts";

/** `shop/web:http cluster IP`, as its iptables rules say, and `shop/web:http` of its maps in nftables. */
const COMMENT =
  /^([\w.-]+\/[\w.-]+?)(?::[\w.-]*)? (?:cluster IP|external IP|loadbalancer IP|has no endpoints)$/;
const ELEMENT = /^([\w.-]+\/[\w.-]+?)(?::[\w.-]*)?$/;
const MAPS: ReadonlySet<string> = new Set(["service-ips", "no-endpoint-services"]);
const TARGET = /(?:^| )-d ([0-9a-f:.]+)(?:\/(?:32|128))?(?: |$)/;

/** The services in a namespace's rules, each with its addresses. */
export function servicePlaces(
  { netfilter, sets }: Pick<NetnsState, "netfilter" | "sets">,
  node: string,
): NamedPlace[] {
  const addresses = new Map<string, Set<string>>();
  const add = (service: string, address: string) => {
    const own = addresses.get(service) ?? new Set<string>();
    addresses.set(service, own.add(address));
  };
  for (const rule of netfilter) {
    const [service, address] = inRule(rule) ?? [];
    if (service !== undefined) add(service, address!);
  }
  for (const set of sets) for (const [service, address] of inSet(set)) add(service, address);
  return [...addresses].map(([service, own]) => ({
    ...{ node, netns: [], own: false, service },
    addresses: [...own].sort(),
  }));
}

function inRule({ chain, comment, text }: NetfilterRule): [string, string] | undefined {
  if (!chain.startsWith("KUBE-")) return undefined;
  const said = comment ?? /--comment "([^"]*)"/.exec(text)?.[1] ?? "";
  const service = COMMENT.exec(said)?.[1];
  const address = TARGET.exec(text)?.[1];
  return service === undefined || address === undefined ? undefined : [service, address];
}

function* inSet({ name, elements }: NetfilterSet): Generator<[string, string]> {
  if (!MAPS.has(name)) return;
  for (const element of elements) {
    const { elem } = asObject(Array.isArray(element) ? element[0] : element);
    const { val, comment } = asObject(elem);
    const { concat } = asObject(val);
    const service = ELEMENT.exec(String(comment))?.[1];
    const address: unknown = Array.isArray(concat) ? concat[0] : undefined;
    if (service !== undefined && typeof address === "string") yield [service, address];
  }
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
