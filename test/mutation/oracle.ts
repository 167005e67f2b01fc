/**
 * What a variant of an archive may say. The archive as it was recorded has what is true; a variant
 * may know less, and nothing else.
 */
import type { Cause, Exchange, Flow, Report } from "../../src/event/report.ts";

/** Outcomes that accuse. */
const ACCUSES: readonly string[] = ["dropped", "vanished", "unanswered"];
/** What may be said of any loss or end without knowing more. */
const MODEST: readonly string[] = ["unexplained", "left-observed-network"];

/**
 * Causes that say less than the true one, and are true all the same: the outer packet had no route, so
 * that the tunnel's end was unreachable; a rule dropped it, for which its connection was invalid.
 */
const SAYS_LESS: Record<string, readonly string[]> = {
  "tunnel-endpoint-unreachable": [
    ...["no-route", "neighbour-unresolved", "route-blackhole", "lost-between-nodes"],
  ],
  "tunnel-endpoint-wrong": ["destination-mac-mismatch", "ip-forwarding-disabled"],
  "service-without-endpoint": ["neighbour-unresolved", "no-route", "netfilter-reject"],
  "destination-mac-mismatch": ["ip-forwarding-disabled"],
  "frame-to-wrong-node": ["ip-forwarding-disabled", "destination-mac-mismatch"],
  "conntrack-invalid": ["netfilter-drop"],
  "netfilter-reject": ["netfilter-drop"],
  "conntrack-table-full": ["netfilter-drop"],
  "tunnel-blocked": ["netfilter-drop", "netfilter-reject", "no-listener"],
  "address-overlap": ["neighbour-unresolved", "no-route"],
  "link-down": ["no-route"],
  "mtu-exceeded": ["path-mtu-exceeded"],
  "application-reset": ["application-silent"],
  "accept-queue-full": ["application-silent"],
  "receive-buffer-full": ["application-silent"],
  "routing-loop": ["ttl-exceeded"],
  "traffic-control-drop": ["queue-overflow"],
  "reply-not-translated": ["no-listener", "reply-from-other-address"],
  "reply-from-other-address": ["no-listener"],
};

/** What is said that neither is true nor says less than what is. */
const strays = (causes: readonly Cause[], codes: ReadonlySet<string>): Cause[] =>
  causes.filter(({ code, confidence }) =>
    // One explanation among others accuses nobody.
    confidence !== "possible" && !codes.has(code) && !MODEST.includes(code) &&
    ![...codes].some((true_) => SAYS_LESS[true_]?.includes(code))
  );

const causesOf = (one: { cause?: Cause; otherCauses?: Cause[]; findings?: Cause[] }): Cause[] => [
  ...(one.cause ? [one.cause] : []),
  ...(one.otherCauses ?? []),
  ...(one.findings ?? []),
];

/** Sentences about what the variant says and is not so; none when it only says less. */
export function wrongIn(truth: Report, variant: Report): string[] {
  const flows = new Map<string, Flow>();
  for (const flow of truth.flows) {
    flows.set(keyOf(flow.protocol, flow, flow.icmpId), flow);
    if (flow.translated) {
      const key = keyOf(flow.protocol, flow.translated, flow.icmpId);
      if (!flows.has(key)) flows.set(key, flow);
    }
  }
  const codes = new Set<string>(
    [...truth.flows, ...truth.exchanges].flatMap(causesOf).map(({ code }) => code),
  );
  // What died on a node whose events are gone was lost between those that have all of theirs.
  if (codes.size > 0) codes.add("lost-between-nodes");
  return [
    ...variant.flows.flatMap((flow) =>
      wrongFlow(flow, flows.get(keyOf(flow.protocol, flow, flow.icmpId)), codes)
    ),
    ...variant.exchanges.flatMap((exchange) =>
      wrongExchange(exchange, truth.exchanges.find(({ id }) => id === exchange.id), codes)
    ),
  ];
}

const keyOf = (
  protocol: string,
  { source, sourcePort, destination, destinationPort }: Flow["translated"] & object,
  id: number | undefined,
) => `${protocol} ${source} ${sourcePort} ${destination} ${destinationPort} ${id}`;

function wrongFlow(flow: Flow, truth: Flow | undefined, codes: ReadonlySet<string>): string[] {
  const wrong: string[] = [];
  const { packets, outcome, id } = flow;
  for (const { code, confidence } of strays(causesOf(flow), codes)) {
    wrong.push(`${id}: ${outcome}, ${code} (${confidence}), in truth ${[...codes].join(" ")}`);
  }
  if (!truth) return wrong;
  if (truth.outcome === "delivered" && ACCUSES.includes(outcome)) {
    wrong.push(`${id}: ${outcome}, in truth delivered`);
  }
  for (const what of ["delivered", "dropped", "vanished"] as const) {
    const most = what === "vanished"
      ? truth.packets.vanished + truth.packets.dropped + truth.packets.unknown
      : truth.packets[what] + truth.packets.unknown;
    if (packets[what] > most) wrong.push(`${id}: ${packets[what]} ${what}, in truth ${most}`);
  }
  return wrong;
}

/** What may be said of an exchange, by what is true of it. */
const ALLOWED: Record<Exchange["outcome"], readonly Exchange["outcome"][]> = {
  answered: ["answered"],
  // Later packets may be missing.
  slow: ["slow", "answered"],
  broken: ["broken", "answered", "slow", "unanswered"],
  unanswered: ["unanswered"],
  // The loss of a packet is told, where its refusal was not seen.
  refused: ["refused", "unanswered"],
  "mis-answered": ["mis-answered", "unanswered"],
  unknown: ["unknown", "answered", "unanswered"],
  "in-flight": [],
};

function wrongExchange(
  { id, outcome, cause, findings = [] }: Exchange,
  truth: Exchange | undefined,
  codes: ReadonlySet<string>,
): string[] {
  const wrong = strays([...(cause ? [cause] : []), ...findings], codes)
    .map(({ code }) => `exchange ${id}: ${outcome}, ${code}, in truth ${[...codes].join(" ")}`);
  if (outcome === "unknown" || outcome === "in-flight" || !truth) return wrong;
  // The server's host had taken the connection; its program's silence may not be seen any more.
  const wasTaken = truth.outcome === "unanswered" && truth.answer !== undefined &&
    outcome === "answered";
  if (!wasTaken && !ALLOWED[truth.outcome].includes(outcome)) {
    wrong.push(`exchange ${id}: ${outcome}, in truth ${truth.outcome}`);
  }
  return wrong;
}
