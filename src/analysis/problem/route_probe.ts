/** Questions that are sent to die on the way, one hop further each time, to learn the way. Rule P1. */
import type { Cause } from "../../event/report.ts";
import { ICMP, ICMP6, UDP } from "../kernel/protocols.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";

/** Ports that traceroute asks one after the other, at which nobody listens: that is its answer. */
const TRACEROUTE_PORTS = { from: 33_434, to: 33_534 };
/** Hops that traceroute, tracepath and mtr look for at most. Hosts begin with 64 or more. */
const HOPS_MAX = 30;

const isProbed = (form: FlowGroup["form"]) => {
  const { protocol, destinationPort: port = 0 } = form;
  if (protocol === ICMP || protocol === ICMP6) return true;
  return protocol === UDP && port >= TRACEROUTE_PORTS.from && port <= TRACEROUTE_PORTS.to;
};

/** Its sender gave it so few hops: it was first seen as it left, and nobody had received it before. */
function isSentToDie({ steps }: Judgement): boolean {
  const { kind, ttl } = steps[0]!.event;
  return kind === "device-tx" && ttl !== undefined && ttl <= HOPS_MAX;
}

/**
 * [P1] What traceroute and its like ask, and what came of it: the hops ran out, or nothing listens at the end.
 *
 * What else looks like it: a tunnel, or a session of BGP, that begins with too few hops. Those are no echoes,
 * and go to other ports.
 */
export const isRouteProbe = (group: FlowGroup, cause: Cause | undefined): boolean =>
  (cause?.code === "ttl-exceeded" ||
    (cause?.code === "no-listener" && group.form.protocol === UDP)) &&
  isProbed(group.form) && group.packets.every(isSentToDie);
