/** Which flow answers which: the two directions of a conversation joined. Rule G3. */
import { formKey, reverse } from "../correlate/identity.ts";
import { hasFlag, isConnectRequest, isEchoRequest, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
import { CLIENT_PORT_MIN } from "../kernel/sockets.ts";
import type { FlowGroup } from "./flow_group.ts";

/**
 * [G3] A flow answers another when a form of it is the reverse of a form of the other. Where a port of a translation
 * was two flows', the one of which the answer has more forms was answered: translated back it names who asked.
 */
export function joinDirections(groups: FlowGroup[]): void {
  const byForm = new Map<string, FlowGroup>();
  // Forms that several flows had: few, so what most flows need is kept small.
  const shared = new Map<string, FlowGroup[]>();
  for (const group of groups) {
    for (const key of group.forms.keys()) {
      const first = byForm.get(key);
      if (!first) byForm.set(key, group);
      else if (shared.has(key)) shared.get(key)!.push(group);
      else shared.set(key, [first, group]);
    }
  }
  const mateOf = shared.size === 0 ? () => undefined : matesBy(byForm, shared);
  // A reset is joined with what it answers where nothing asked for that.
  const inTurn = [...groups].sort((a, b) => Number(isOfResets(a)) - Number(isOfResets(b)));
  for (const group of inTurn) {
    if (group.request || group.reply) continue;
    for (const form of group.forms.values()) {
      const found = byForm.get(formKey(reverse(form)));
      if (!found || found === group) continue;
      const other = mateOf(group) ?? found;
      // Where the first packets were not told, who answers may look as if it asked.
      const taken = other.request ?? other.reply ?? mateOf(other);
      if (taken && taken !== group) {
        group.rival ??= taken;
        continue;
      }
      const [request, reply] = isRequest(group, other) ? [group, other] : [other, group];
      reply.request = request;
      request.reply = reply;
      break;
    }
  }
}

/**
 * The flow with which one has more forms in common, reversed, than either has with any other. None where two have as
 * many, as where a port that two connections had one after the other was translated back for both.
 */
function matesBy(
  byForm: ReadonlyMap<string, FlowGroup>,
  shared: ReadonlyMap<string, readonly FlowGroup[]>,
): (group: FlowGroup) => FlowGroup | undefined {
  const known = new Map<FlowGroup, FlowGroup | undefined>();
  const nearest = (group: FlowGroup) => {
    if (known.has(group)) return known.get(group);
    const counts = new Map<FlowGroup, number>();
    for (const form of group.forms.values()) {
      const key = formKey(reverse(form));
      const first = byForm.get(key);
      for (const other of shared.get(key) ?? (first ? [first] : [])) {
        if (other !== group) counts.set(other, (counts.get(other) ?? 0) + 1);
      }
    }
    let [found, most]: [FlowGroup | undefined, number] = [undefined, 0];
    for (const [other, count] of counts) {
      if (count > most) [found, most] = [other, count];
      else if (count === most) found = undefined;
    }
    known.set(group, found);
    return found;
  };
  return (group) => {
    const mate = nearest(group);
    // Resets come to an answer that nobody asked for, too.
    if (mate === undefined || nearest(mate) !== group || isOfResets(group) || isOfResets(mate)) {
      return undefined;
    }
    return mate;
  };
}

/** All its segments are resets. */
export const isOfResets = ({ form, packets }: FlowGroup): boolean =>
  form.protocol === TCP && packets.every(({ steps }) => hasFlag(steps[0]!.event, TCP_FLAGS.rst));

/**
 * Whether `a` asked and `b` answered: by ICMP type, by SYN, by conntrack, of TCP without a SYN by whose
 * port is a client's, by which came first on a node that saw both, then by port (servers have the lower
 * one) and id, so that it is never chance. In the middle of a connection, or where not all was told, a
 * server's segment may be the first that is seen.
 */
function isRequest(a: FlowGroup, b: FlowGroup): boolean {
  for (const sign of [asksByType, asksBySyn, asksByConntrack, asksByClientPort]) {
    const left = sign(a);
    const right = sign(b);
    if (left !== right && left !== null && right !== null) return left;
  }
  const first = earlier(a, b);
  if (first !== null) return first;
  const ports = (group: FlowGroup) => group.form.destinationPort ?? 0;
  if (ports(a) !== ports(b)) return ports(a) < ports(b);
  return a.id < b.id;
}

const firstEvent = (group: FlowGroup) => group.packets[0]!.steps[0]!.event;

function asksByType(group: FlowGroup): boolean | null {
  const event = firstEvent(group);
  return event.icmpType === undefined ? null : isEchoRequest(event);
}

function asksBySyn(group: FlowGroup): boolean | null {
  if (group.form.protocol !== TCP) return null;
  return group.packets.some(({ steps }) => isConnectRequest(steps[0]!.event));
}

function asksByConntrack(group: FlowGroup): boolean | null {
  for (const { steps } of group.packets) {
    for (const { event } of steps) {
      if (event.conntrackDirection !== undefined && event.tunnelKind === undefined) {
        return event.conntrackDirection === "original";
      }
    }
  }
  return null;
}

/** Of TCP by its ports: whether a client's asks a server's. Null where both, or neither, are a client's. */
export function asksByClientPort({ form }: Pick<FlowGroup, "form">): boolean | null {
  const { protocol, sourcePort = 0, destinationPort = 0 } = form;
  if (protocol !== TCP) return null;
  const isFromClient = sourcePort >= CLIENT_PORT_MIN;
  return isFromClient === destinationPort >= CLIENT_PORT_MIN ? null : isFromClient;
}

/** On a node that saw both: which came first there. Null when there is none. */
function earlier(a: FlowGroup, b: FlowGroup): boolean | null {
  const firsts = (group: FlowGroup) => {
    const at = new Map<string, number>();
    for (const { packet } of group.packets) {
      for (const chain of packet.chains) {
        const name = chain.node.name;
        at.set(name, Math.min(at.get(name) ?? Infinity, chain.events[0]!.at));
      }
    }
    return at;
  };
  const left = firsts(a);
  const right = firsts(b);
  for (const name of [...left.keys()].sort()) {
    const other = right.get(name);
    if (other !== undefined && other !== left.get(name)) return left.get(name)! < other;
  }
  return null;
}
