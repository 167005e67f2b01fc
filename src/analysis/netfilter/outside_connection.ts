/**
 * [N4] [N6] A segment in the middle of a TCP connection that connection tracking did not take for a part of
 * it: as such a part the rules would have let it pass.
 */
import type { Evidence } from "../../event/report.ts";
import type { NetnsState } from "../../event/state.ts";
import { isConnectRequest, TCP } from "../kernel/protocols.ts";
import type { Case } from "../rules/case.ts";
import { packetText, stateEvidence } from "../rules/evidence.ts";
import { command } from "../rules/command.ts";
import { sysctl } from "../view/state_view.ts";
import { secondsText } from "../rules/shared/seconds.ts";
import { address } from "../rules/word.ts";
import type { Suspect } from "./candidates.ts";
import { passedAt } from "./ct_states.ts";

/** Why a packet of a running connection met a rule or policy that is for others. */
export interface Outside {
  /** Goes on after the sentence that names the rule or policy. */
  text: string;
  evidence: Evidence[];
  /** Packets of its connection passed there before. */
  hasPassed: boolean;
  /** Shows what to change; what would let the packet pass alone is no help to its connection. */
  remedy: string[];
}

const TIMEOUT = "net.netfilter.nf_conntrack_tcp_timeout_established";

/**
 * Null where the rules refuse parts of a connection, too, or do not ask. What else looks like it: a rule
 * that was changed in between (the caller knows), and a first segment, which belongs to no connection
 * yet.
 */
export function outsideConnection(
  subject: Case,
  { ctStates }: Suspect,
  state: NetnsState,
): Outside | null {
  const { event, node, netns } = subject;
  if (event.protocol !== TCP || event.tunnelKind !== undefined || isConnectRequest(event)) {
    return null;
  }
  if (ctStates.length === 0 || ctStates.includes("established")) return null;
  const passed = Math.max(
    ...(["alike", "opposite"] as const).map((which) => passedAt(subject, which) ?? -Infinity),
  );
  const seconds = Number(sysctl(state, TIMEOUT));
  const idle = (event.at - passed) / 1e9;
  const isForgotten = Number.isFinite(passed) && seconds > 0 && idle >= seconds;
  const text = isForgotten
    ? `; connection tracking forgets a connection after ${seconds} s without packets, and this one had ` +
      `been idle for ${
        secondsText(idle)
      }: as a part of it the packet would have passed the rules there`
    : Number.isFinite(passed)
    ? `; packets of its connection passed there until ${
      secondsText(idle)
    } before: as a part of it this one ` +
      "would have passed, too, but connection tracking did not take it for one"
    : "; it is not the first packet of its connection, and as a part of it would have passed: " +
      "connection tracking there did not take it for one";
  return {
    text,
    hasPassed: Number.isFinite(passed),
    evidence: isForgotten
      ? [stateEvidence(node, `${TIMEOUT} = ${seconds}: ${packetText(event)} came later`)]
      : [],
    remedy: isForgotten ? command(node, netns, ["sysctl", TIMEOUT]) : command(node, netns, [
      ...["conntrack", "-L", "-p", "tcp"],
      ...["-s", address(event.source!), "-d", address(event.destination!)],
    ]),
  };
}
