/**
 * [N4] [N6] A packet in the middle of a connection that connection tracking did not take for a part of it: as
 * such a part the rules would have let it pass.
 */
import type { Evidence } from "../../event/report.ts";
import type { NetnsState } from "../../event/state.ts";
import { isConnectRequest, TCP, UDP } from "../kernel/protocols.ts";
import type { Case } from "../rules/case.ts";
import { packetText, stateEvidence } from "../rules/evidence.ts";
import { command } from "../rules/command.ts";
import { sysctl } from "../view/state_view.ts";
import { lookAt } from "../rules/shared/checked.ts";
import { longerTimeout } from "../rules/shared/longer_timeout.ts";
import { secondsText } from "../rules/shared/seconds.ts";
import { address } from "../rules/word.ts";
import type { Suspect } from "./candidates.ts";
import { passedAt, UDP_TIMEOUT } from "./ct_states.ts";
import { headersOf } from "./hook_packet.ts";
import { maySourceBeTranslated } from "./source_translated.ts";

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

const TCP_TIMEOUT = "net.netfilter.nf_conntrack_tcp_timeout_established";
/** Of UDP once both ends have sent. */
const STREAM_TIMEOUT = `${UDP_TIMEOUT}_stream`;

/**
 * Null where the rules refuse parts of a connection, too, or do not ask. What else looks like it: a rule
 * that was changed in between (the caller knows), and a first segment or datagram, which belongs to no
 * connection yet.
 */
export function outsideConnection(
  subject: Case,
  { ctStates }: Suspect,
  state: NetnsState,
): Outside | null {
  const { event } = subject;
  if (event.tunnelKind !== undefined || isConnectRequest(event)) return null;
  if (ctStates.length === 0 || ctStates.includes("established")) return null;
  const [alike = -Infinity, opposite = -Infinity] = (["alike", "opposite"] as const).map((which) =>
    passedAt(subject, which) ?? -Infinity
  );
  const passed = Math.max(alike, opposite);
  const idle = (event.at - passed) / 1e9;
  if (event.protocol === TCP) return outsideTcp(subject, state, idle);
  // Where the other end sent nothing before, it is no answer.
  if (event.protocol !== UDP || opposite === -Infinity) return null;
  return outsideUdp(subject, state, idle, alike === -Infinity ? UDP_TIMEOUT : STREAM_TIMEOUT);
}

/** `idle`: seconds since a packet of its connection passed; infinite where none was seen to. */
function outsideTcp(subject: Case, state: NetnsState, idle: number): Outside {
  const { event, node, netns } = subject;
  const seconds = Number(sysctl(state, TCP_TIMEOUT));
  const hasPassed = Number.isFinite(idle);
  if (hasPassed && seconds > 0 && idle >= seconds) {
    return {
      text: forgottenText(seconds, idle),
      hasPassed,
      evidence: [
        stateEvidence(node, `${TCP_TIMEOUT} = ${seconds}: ${packetText(event)} came later`),
      ],
      remedy: command(node, netns, ["sysctl", TCP_TIMEOUT]),
    };
  }
  return {
    text: hasPassed
      ? `; packets of its connection passed there until ${
        secondsText(idle)
      } before: as a part of it this one ` +
        "would have passed, too, but connection tracking did not take it for one"
      : "; it is not the first packet of its connection, and as a part of it would have passed: " +
        "connection tracking there did not take it for one",
    hasPassed,
    evidence: [],
    remedy: connectionShown(subject),
  };
}

/** What connection tracking knows of the packet's ends. */
const connectionShown = ({ event, node, netns }: Case): string[] =>
  command(node, netns, [
    ...["conntrack", "-L", "-p", "tcp"],
    ...["-s", address(event.source!), "-d", address(event.destination!)],
  ]);

/**
 * What to do about a segment that is invalid here, where a connection of its ends would get another source; null
 * where none would. The rules of NAT are not asked for what is invalid: let pass, it would go on with its own source,
 * and whoever is asked knows no such client. So it is behind a gateway that took over without the connections.
 */
export function untranslatedRemedy(subject: Case, state: NetnsState): string[] | null {
  const { event } = subject;
  if (event.protocol !== TCP || event.tunnelKind !== undefined) return null;
  if (!maySourceBeTranslated(state, headersOf(event))) return null;
  return [
    ...lookAt(
      "let pass it would go on untranslated: its connection has to be known here first",
    ),
    ...connectionShown(subject),
  ];
}

/** An answer that came after its question was forgotten; null where it came before, or that is not known. */
function outsideUdp(
  { event, node, netns }: Case,
  state: NetnsState,
  idle: number,
  name: string,
): Outside | null {
  const seconds = Number(sysctl(state, name));
  if (!(seconds > 0) || idle < seconds) return null;
  return {
    text: forgottenText(seconds, idle),
    hasPassed: true,
    evidence: [stateEvidence(node, `${name} = ${seconds}: ${packetText(event)} came later`)],
    remedy: longerTimeout({ node, netns, state }, name, idle),
  };
}

const forgottenText = (seconds: number, idle: number): string =>
  `; connection tracking forgets a connection after ${seconds} s without packets, and this one had ` +
  `been idle for ${
    secondsText(idle)
  }: as a part of it the packet would have passed the rules there`;
