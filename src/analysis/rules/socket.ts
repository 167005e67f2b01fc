/** Deaths at the socket: nobody listens, no room, a filter, a wrong checksum, IPsec. */
import {
  isChecksumError,
  isCpuBacklogFull,
  isIpsecDrop,
  isListenOverflow,
  isOfIpHeader,
  isReceiveBufferFull,
  isSocketFilterDrop,
  isUntoldSocketLookup,
  saysNoSocket,
} from "../kernel/sockets.ts";
import type { Sighting } from "../view/timeline.ts";
import { TCP, UDP } from "../correlate/identity.ts";
import { netnsName } from "../view/state_view.ts";
import {
  type Case,
  cause,
  command,
  eventEvidence,
  place,
  type Rule,
  stateEvidence,
} from "./rule.ts";

const protocolName = (found: Case) => found.event.protocol === TCP ? "tcp" : "udp";

export const noListener: Rule = {
  id: "R12",
  title: "no socket at the destination port",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    if (event.protocol !== TCP && event.protocol !== UDP) return null;
    const named = saysNoSocket(event);
    if (!named && !isUntoldSocketLookup(event)) return null;
    const port = event.destinationPort!;
    const others = listeners(found, port);
    const where = `${event.destination} in ${
      netnsName(found.node, found.netns)
    } on ${found.node.name}`;
    const elsewhere = others.length > 0 ? ` (only on ${others.join(", ")})` : "";
    return cause(
      "no-listener",
      named ? "proven" : "likely",
      `nothing listens on ${protocolName(found)} port ${port} at ${where}${elsewhere}`,
      [
        eventEvidence(found),
        ...(found.before && !found.before.gaps.some((gap) => gap.what.includes("socket"))
          ? [
            stateEvidence(
              found.node,
              others.length > 0
                ? `${protocolName(found)} port ${port} is bound to ${others.join(", ")} only`
                : `no ${protocolName(found)} socket is bound to port ${port}`,
            ),
          ]
          : []),
      ],
      [command(
        found.node,
        found.netns,
        `ss -ln${found.event.protocol === TCP ? "t" : "u"}p 'sport = :${port}'`,
      )],
    );
  },
};

function listeners(found: Case, port: number): string[] {
  const protocol = protocolName(found);
  return (found.before?.sockets ?? [])
    .filter((socket) => socket.protocol === protocol && socket.port === port)
    .map((socket) => socket.address);
}

/** Reasons that name their cause by themselves. */
const NAMED: {
  holds: (event: Sighting) => boolean;
  code: Parameters<typeof cause>[0];
  says: (found: Case) => string;
  remedy?: (found: Case) => string[];
}[] = [
  {
    holds: isReceiveBufferFull,
    code: "receive-buffer-full",
    says: (found) =>
      `the receive buffer of the socket at ${
        protocolName(found)
      } port ${found.event.destinationPort} in ${
        netnsName(found.node, found.netns)
      } on ${found.node.name} had no room: its application reads too slowly`,
    remedy: (
      found,
    ) => [command(found.node, found.netns, `ss -nmpa 'sport = :${found.event.destinationPort}'`)],
  },
  {
    holds: isListenOverflow,
    code: "accept-queue-full",
    says: (found) =>
      `the accept queue of the listener at port ${found.event.destinationPort} in ${
        netnsName(found.node, found.netns)
      } on ${found.node.name} is full`,
    remedy: (
      found,
    ) => [command(found.node, found.netns, `ss -lntp 'sport = :${found.event.destinationPort}'`)],
  },
  {
    holds: isChecksumError,
    code: "checksum-invalid",
    says: (found) =>
      `the ${isOfIpHeader(found.event) ? "IP header" : "transport"} checksum is wrong at ${
        place(found)
      }`,
  },
  {
    holds: isSocketFilterDrop,
    code: "socket-filter",
    says: (found) =>
      `a socket or cgroup filter in ${
        netnsName(found.node, found.netns)
      } on ${found.node.name} refused it`,
  },
  {
    holds: isIpsecDrop,
    code: "ipsec-policy",
    says: (found) =>
      `an IPsec policy or state of ${
        netnsName(found.node, found.netns)
      } on ${found.node.name} refused it`,
    remedy: (found) => [command(found.node, found.netns, "ip xfrm policy")],
  },
  {
    holds: isCpuBacklogFull,
    code: "backlog-overflow",
    says: (found) => `the CPU backlog had no room at ${place(found)}`,
    remedy: () => ["sysctl -w net.core.netdev_max_backlog=10000"],
  },
];

export const namedReason: Rule = {
  id: "R13",
  title: "the kernel's reason names the cause",
  judge(found) {
    if (found.event.kind !== "drop") return null;
    const known = NAMED.find((entry) => entry.holds(found.event));
    if (!known) return null;
    const extra = known.code === "ipsec-policy"
      ? (found.before?.xfrm ?? []).slice(0, 5).map((text) => stateEvidence(found.node, text))
      : [];
    const queue = known.code === "accept-queue-full" ? acceptQueue(found) : [];
    return cause(known.code, "proven", known.says(found), [
      eventEvidence(found),
      ...extra,
      ...queue,
    ], known.remedy?.(found));
  },
};

function acceptQueue(found: Case) {
  const state = found.after ?? found.before;
  const socket = state?.sockets.find((other) =>
    other.protocol === "tcp" && other.state === "LISTEN" &&
    other.port === found.event.destinationPort
  );
  return socket
    ? [
      stateEvidence(
        found.node,
        `listener ${socket.address}:${socket.port}: ${socket.receiveQueue ?? "?"} waiting, limit ${
          socket.sendQueue ?? "?"
        }`,
      ),
    ]
    : [];
}

export const socketRules: Rule[] = [noListener, namedReason];
