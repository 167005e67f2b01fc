/** From an exchange to its cause and findings. */
import type { Cause } from "../../event/report.ts";
import { isConnectRequest } from "../kernel/protocols.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { caseOf } from "./case.ts";
import type { ExchangeCase } from "./exchange_case.ts";
import { causeOf, silenceOf } from "./mod.ts";
import { EXCHANGE_RULES } from "./order.ts";

/** Outcomes that say that nothing is wrong, or that too little is known to say why. */
const NEEDS_NO_CAUSE: readonly string[] = ["answered", "in-flight", "unknown"];

/** Causes that stand behind what the packets died of, and explain it. */
const FINDINGS: readonly Cause["code"][] = ["asymmetric-path"];

/** Why an exchange came to no good, and what else was found: the first is the cause. */
export interface ExchangeFindings {
  cause?: Cause;
  findings: Cause[];
}

/**
 * What the rules about exchanges find, then what its packets died of, then why its host was silent.
 * Of an exchange that was answered all are findings.
 */
export function findingsOf(subject: ExchangeCase): ExchangeFindings {
  const died = ofPackets(subject);
  // A host that could not answer is no silent program.
  const rules = byRules(subject)
    .filter(({ code }) => code !== "application-silent" || died.length === 0);
  const isFinding = ({ code }: Cause) => FINDINGS.includes(code);
  const found = [
    ...rules.filter((cause) => !isFinding(cause)),
    ...died,
    ...rules.filter(isFinding),
  ];
  const unique = [
    ...new Map(found.map((cause) => [`${cause.code} ${cause.sentence}`, cause])).values(),
  ]
    .slice(0, 5);
  if (NEEDS_NO_CAUSE.includes(subject.exchange.outcome)) return { findings: unique };
  const [cause, ...findings] = unique;
  return { ...(cause ? { cause } : {}), findings };
}

function byRules(subject: ExchangeCase): Cause[] {
  return EXCHANGE_RULES.flatMap((rule) => {
    const cause = rule.find(subject);
    return cause ? [{ ...cause, rule: rule.id }] : [];
  });
}

/** Causes of the packets whose loss the outcome rests on; packets that died alike are asked once. */
function ofPackets({ exchange, world, evidence }: ExchangeCase): Cause[] {
  const causes: Cause[] = [];
  const seen = new Set<string>();
  for (const loss of exchange.losses) {
    // Why such a packet found no socket is told by the rules above.
    if (exchange.misdirected.includes(loss)) continue;
    const { event } = loss.end.step;
    const key =
      `${loss.outcome} ${event.node.name} ${event.netns} ${event.ifindex} ${event.kind} ${event.function} ${event.reason}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const cause = causeOf(caseOf(loss, world, evidence));
    if (cause) causes.push(cause);
  }
  if (causes.length > 0 || !exchange.silent) return causes;
  // A connection that was accepted was not refused one: what was silent came after.
  const isAnswered = ({ steps }: Judgement) =>
    exchange.answeredBy !== undefined && isConnectRequest(steps[0]!.event);
  const arrived = exchange.question.packets.find((packet) =>
    packet.outcome === "delivered" && !isAnswered(packet)
  );
  const silence = arrived && silenceOf(caseOf(arrived, world, evidence));
  return silence ? [silence] : [];
}
