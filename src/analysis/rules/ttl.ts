/** Deaths by TTL or hop limit: one that was too low, or a packet that went in a circle. */
import {
  type Case,
  cause,
  eventEvidence,
  packetText,
  place,
  type Rule,
  wireDestination,
} from "./rule.ts";

export const timeToLive: Rule = {
  id: "R6",
  title: "its TTL ran out",
  judge(found) {
    const { event } = found;
    if (
      event.kind !== "drop" ||
      !/^(ip_forward|ip6_forward|icmp_send|__icmp)/.test(event.function ?? "")
    ) return null;
    const ttl = event.tunnelKind ? event.tunnelTtl : event.ttl;
    if (ttl === undefined || ttl > 1) return null;
    // IPv6 refuses to forward at all in the same function; only state or a reason tells.
    const named = event.reason !== undefined && event.reason !== "NOT_SPECIFIED";
    if (event.function === "ip6_forward" && !named && !found.before) return null;
    const repeated = loopedAt(found);
    const evidence = [eventEvidence(found, `TTL ${ttl}`)];
    if (!repeated) {
      return cause(
        "ttl-exceeded",
        "proven",
        `the TTL of the packet for ${wireDestination(event)} ran out at ${place(found)}`,
        evidence,
      );
    }
    evidence.push({
      node: repeated.node.name,
      kind: "event",
      text:
        `passed ${repeated.device} of ${repeated.node.name} ${repeated.times} times, TTL ${repeated.from} to ${repeated.to}`,
    });
    return cause(
      "routing-loop",
      "proven",
      `${
        packetText(event)
      } went in a circle: it passed ${repeated.device} of ${repeated.node.name} ${repeated.times} times until its TTL ran out`,
      evidence,
    );
  },
};

/** The point that the packet passed most often, with a TTL going down. */
function loopedAt(found: Case) {
  const visits = new Map<string, { device: string; node: typeof found.node; ttls: number[] }>();
  for (const { event } of found.judgement.steps) {
    if (event.kind !== "device-rx" || event.ttl === undefined) continue;
    const key = `${event.node.name} ${event.netns} ${event.ifindex} ${event.tunnelKind ?? ""}`;
    const visit = visits.get(key) ?? { device: event.device ?? "", node: event.node, ttls: [] };
    visit.ttls.push(event.ttl);
    visits.set(key, visit);
  }
  const best = [...visits.values()].sort((a, b) => b.ttls.length - a.ttls.length)[0];
  if (!best || new Set(best.ttls).size < 2) return null;
  const from = Math.max(...best.ttls);
  return { ...best, times: best.ttls.length, from, to: Math.min(...best.ttls) };
}
