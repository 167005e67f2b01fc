/**
 * Where firewalld's own rules are changed. It keeps a chain for each zone and policy, and in it chains
 * for what is denied and what is allowed (man 5 firewalld.zone, firewalld.policies).
 */
import { TCP, UDP } from "../../kernel/protocols.ts";
import type { Case } from "../case.ts";

const PREFIX = String.raw`^(?:filter_|nat_|mangle_|raw_)?`;
const PART = String.raw`(?:_(allow|deny|log|pre|post))?$`;
const POLICY = new RegExp(`${PREFIX}(?:IN|FWD|OUT)_policy_([\\w-]+?)${PART}`);
const ZONE = new RegExp(`${PREFIX}(IN|FWD[IO]?)_(?!ZONES|policy)([\\w-]+?)${PART}`);

/** `chains`: the rule's own, then those that led to it. Returns what to ask or to tell firewall-cmd. */
export function firewalldWords({ event }: Case, chains: readonly string[]): string {
  const policy = firstMatch(chains, POLICY);
  if (policy) {
    const [, name, part] = policy;
    return part === "deny"
      ? `firewall-cmd --policy=${name} --list-rich-rules`
      : `firewall-cmd --info-policy=${name}`;
  }
  const zone = firstMatch(chains, ZONE);
  if (!zone) return "firewall-cmd --get-active-zones, firewall-cmd --list-all-zones";
  const [, way, name, part] = zone;
  // What is denied is asked before what is allowed: a port that is added does not help.
  if (part === "deny") return `firewall-cmd --zone=${name} --list-rich-rules`;
  // Ports and services of a zone are for the machine itself, what is forwarded asks for a policy.
  if (way !== "IN") {
    return `firewall-cmd --list-all-policies: none lets it pass from zone ${name}, and within one zone ` +
      `firewall-cmd --zone=${name} --add-forward does`;
  }
  const names: Record<number, string> = { [TCP]: "tcp", [UDP]: "udp" };
  const protocol = names[event.protocol ?? -1];
  if (!protocol || event.destinationPort === undefined) {
    return `firewall-cmd --zone=${name} --list-all`;
  }
  return `firewall-cmd --zone=${name} --add-port=${event.destinationPort}/${protocol}`;
}

function firstMatch(chains: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  return chains.map((name) => pattern.exec(name)).find((match) => match !== null);
}
