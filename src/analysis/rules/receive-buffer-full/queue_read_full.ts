/** A socket whose queue was read to be full, on a kernel that does not say that it was. */
import type { Socket } from "../../../event/state.ts";
import { isUntoldSocketRefusal } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { countedRefusal } from "../shared/refused_counters.ts";

/** Bytes: what Linux gives a socket whose program asked for nothing else (`net.core.rmem_default`). */
const USUAL_BUFFER = 212_992;

/**
 * Older kernels free so what a filter, a policy or the checksum refused, too. None of these leaves a queue
 * full that nobody reads: so it is the likely cause where the socket's buffer is known. Where it is not, as
 * of a socket that was read from /proc/net, the queue is compared with the usual buffer: a program may have
 * asked for a larger one.
 */
export const queueReadFull: Rule = {
  id: "R178",
  statement:
    "Freed without a reason where UDP puts a datagram into its socket's queue, and in the reading after " +
    "it, or the last one, that queue holds as much as the socket's buffer: `receive-buffer-full`, likely; possible where the " +
    "buffer is not known and the queue holds as much as the usual one. Not where the kernel counted refusals " +
    "of another kind alone (R183, R184).",
  yields: ["receive-buffer-full"],
  judge(subject) {
    const { event, node, netns, after } = subject;
    if (!isUntoldSocketRefusal(event) || !after) return null;
    const refusal = countedRefusal(subject);
    if (refusal !== null && refusal.kind !== "room") return null;
    const full = after.sockets.find((socket) =>
      isOf(socket, subject) &&
      (socket.receiveQueue ?? 0) >= (socket.receiveBuffer ?? USUAL_BUFFER)
    );
    if (full === undefined) return null;
    const { address, port, receiveQueue = 0, receiveBuffer } = full;
    const holds = receiveBuffer === undefined
      ? `the usual buffer is ${USUAL_BUFFER}, its own is not known`
      : `its buffer is ${receiveBuffer}`;
    return cause(
      "receive-buffer-full",
      receiveBuffer === undefined ? "possible" : "likely",
      `the receive buffer of the socket at udp port ${port} in ${netnsName(node, netns)} on ` +
        `${node.name} had no room: its application reads too slowly`,
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          `socket ${address}:${port}: ${receiveQueue} bytes wait to be read; ${holds}`,
        ),
      ],
      command(node, netns, ["ss", "-nmpa", `sport = :${port}`]),
    );
  },
};

const isOf = ({ protocol, port, family }: Socket, { event }: Case): boolean =>
  protocol === "udp" && port === event.destinationPort &&
  (family === 6 || event.network !== "ip6");
