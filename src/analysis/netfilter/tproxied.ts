/** TPROXY gives a packet to a local socket, and drops what no socket takes. */
import type { Evidence } from "../../event/report.ts";
import type { NetnsState } from "../../event/state.ts";
import { TCP, UDP } from "../kernel/protocols.ts";
import type { Case } from "../rules/case.ts";
import { command } from "../rules/command.ts";
import { stateEvidence } from "../rules/evidence.ts";
import { isIncomplete } from "../view/state_view.ts";
import type { Suspect } from "./candidates.ts";

/** What a rule of TPROXY had no socket for, in words that go on a sentence. */
export interface Untaken {
  text: string;
  evidence: Evidence[];
  remedy: string[];
}

/**
 * The port that a rule of TPROXY gives packets to, where no program of the host waits there: then the
 * rule drops what it meets (`xt_tproxy` and `nft_tproxy` of Linux 5.10 to 6.18; the latter leaves the
 * packet to the rules behind it). Null for any other rule, and where the sockets are not known.
 */
export function untakenBy(
  { node, netns, event }: Case,
  { rule }: Pick<Suspect, "rule">,
  state: NetnsState | null,
): Untaken | null {
  const name = event.protocol === TCP ? "tcp" : event.protocol === UDP ? "udp" : null;
  if (!rule || !state || name === null || isIncomplete(state, ["sockets"])) return null;
  if (!/-j TPROXY\b|\btproxy (ip6? )?to\b/.test(rule.text)) return null;
  const told = /--on-port (\d+)|\btproxy (?:ip6? )?to \S*:(\d+)/.exec(rule.text);
  // Without a port of its own the packet keeps the one it was sent to.
  const port = Number(told?.[1] ?? told?.[2] ?? event.destinationPort);
  const isOpen = state.sockets.some((socket) =>
    socket.protocol === name && socket.port === port &&
    (socket.state === "LISTEN" || socket.state === "UNCONN")
  );
  if (isOpen) return null;
  return {
    text: `: it gives packets to ${name} port ${port}, and no program waits there`,
    evidence: [stateEvidence(node, `no ${name} socket waits on port ${port}`)],
    remedy: command(node, netns, [
      "ss",
      name === "tcp" ? "-lntp" : "-lnup",
      `sport = :${port}`,
    ]),
  };
}
