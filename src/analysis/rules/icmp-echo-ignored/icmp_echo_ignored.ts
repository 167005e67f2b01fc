/** An echo request that a host takes and is told not to answer. */
import type { NetnsState } from "../../../event/state.ts";
import { ICMP, isEchoRequest } from "../../kernel/protocols.ts";
import { isIgnoredBroadcastEcho, isUnansweredEcho6 } from "../../kernel/sockets.ts";
import { isMulticast } from "../../view/address.ts";
import { netnsName } from "../../view/netns_names.ts";
import { sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";

const ALL_4 = "net.ipv4.icmp_echo_ignore_all";
const BROADCASTS_4 = "net.ipv4.icmp_echo_ignore_broadcasts";
const ALL_6 = "net.ipv6.icmp.echo_ignore_all";
const MULTICAST_6 = "net.ipv6.icmp.echo_ignore_multicast";

/**
 * The kernel took the request (`icmp_rcv` frees it as consumed), and no answer left.
 *
 * What else looks like it: an answer that has no way back (R45: its lookup fails, and with this setting
 * there is none), one that a rule of the output hook drops (its drop is seen, so the flow is no
 * silence), ICMP rate limits (they leave echo replies alone unless `icmp_ratemask` names them; the
 * setting here is asked first by the kernel), a host that was pinged by a name of another namespace
 * (the setting is read in the one that took it). A setting that was changed between two readings may
 * have been 0 at the moment: then it is likely only.
 */
export const echoIgnored: Rule = {
  id: "R120",
  statement: "An echo request over IPv4 arrived and was not answered, and " +
    "`net.ipv4.icmp_echo_ignore_all` of its namespace is 1: `icmp-echo-ignored`, proven when the " +
    "readings before and after say so.",
  yields: ["icmp-echo-ignored"],
  judge(subject) {
    const { event } = subject;
    if (event.protocol !== ICMP || !isEchoRequest(event)) return null;
    return ignored(subject, ALL_4, "echo requests");
  },
};

/**
 * IPv6 frees what it does not answer as a drop without a reason.
 *
 * What else looks like it: an answer that has no way back, which is freed alike (R45, where neither
 * setting is made); a request to a multicast address of a host that is told to ignore only those.
 */
export const echoIgnored6: Rule = {
  id: "R121",
  statement: "An echo request over IPv6 was freed in `icmpv6_rcv` without a reason, and " +
    "`net.ipv6.icmp.echo_ignore_all` of its namespace is 1, or it went to a multicast address and " +
    "`echo_ignore_multicast` is: `icmp-echo-ignored`.",
  yields: ["icmp-echo-ignored"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isUnansweredEcho6(event)) return null;
    const all = ignored(subject, ALL_6, "echo requests");
    if (all || !isMulticast(event.destination ?? "")) return all;
    return ignored(subject, MULTICAST_6, "echo requests to multicast addresses");
  },
};

/**
 * What else looks like it: a request that `icmp_rcv` refuses for another reason (its checksum: R14). The
 * frame, or its address, must be to all, and the setting be made. No command is told: the kernel's
 * default keeps a network from being used to flood another.
 */
export const broadcastEchoIgnored: Rule = {
  id: "R122",
  statement: "An echo request over IPv4 to a broadcast or multicast address was freed in " +
    "`icmp_rcv`, and `net.ipv4.icmp_echo_ignore_broadcasts` of its namespace is 1: " +
    "`icmp-echo-ignored`.",
  yields: ["icmp-echo-ignored"],
  judge(subject) {
    const { event, judgement } = subject;
    if (!isIgnoredBroadcastEcho(event)) return null;
    const isToAll = isMulticast(event.destination ?? "") ||
      judgement.steps.some(({ event: { packetType } }) =>
        packetType === "broadcast" || packetType === "multicast"
      );
    if (!isToAll) return null;
    const found = ignored(subject, BROADCASTS_4, "echo requests to broadcast addresses");
    return found && { ...found, remedy: [] };
  },
};

function ignored(subject: Case, name: string, what: string) {
  const { node, netns, before: state, after } = subject;
  const isSet = (one: NetnsState | null) => one !== null && sysctl(one, name) === "1";
  if (!isSet(state)) return null;
  return cause(
    "icmp-echo-ignored",
    isSet(after) ? "proven" : "likely",
    `${netnsName(node, netns)} on ${node.name} is told to ignore ${what} (${name} = 1)`,
    [eventEvidence(subject), stateEvidence(node, `${name} = 1`)],
    checked({
      // What was undone since needs no remedy.
      ...{ node, netns, state: after ?? state },
      changes: [{ do: "set-sysctl", name, value: 0 }],
      passes: (one) => !isSet(one),
    }),
  );
}
