/** Whether UDP packets to a client's end answer its question, or are another program's. Rule X1. */
import { CLIENT_PORT_MIN } from "../kernel/sockets.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { before, DEVICE_SCRIPTS, gapOf } from "../view/coverage.ts";
import type { NodeView } from "../view/timeline.ts";

/** A UDP answer from another end than the one asked is taken for one only this long after, ns. */
const ANSWER_WITHIN_NS = 30e9;

/** `perhaps`: it may be its answer, or another program's question to a port that others ask, too. */
export type Likeness = "yes" | "perhaps" | "no";

/**
 * [X1] UDP has no numbers that say what a packet answers. One from an end that the question was
 * translated to does; so does one from the port that was asked, where the client's port is one that
 * nobody asks, or whoever sent it had got the question. What a host sent that never got it, from
 * another port, answers nothing of it. All else may be an answer or not: programs that answer from a
 * new port (TFTP) look like another program of the host, and peers that use one port for questions and
 * answers (NTP, WireGuard) like a server with two addresses.
 */
export function likenessOf(flow: FlowGroup, question: FlowGroup): Likeness {
  if (!comesAfter(flow, question)) return "no";
  const asked = [...question.forms.values()];
  const { sourcePort } = flow.form;
  const isTranslated = asked.some(({ destination, destinationPort }) =>
    destination === flow.form.source && destinationPort === sourcePort
  );
  if (isTranslated) return "yes";
  const maker = makerOf(flow);
  const isTaker = maker !== null && question.packets.some((packet) => isTakenAt(packet, maker));
  if (asked.some(({ destinationPort }) => destinationPort === sourcePort)) {
    const isClients = (question.form.sourcePort ?? 0) >= CLIENT_PORT_MIN &&
      (sourcePort ?? 0) < CLIENT_PORT_MIN;
    return isClients || isTaker ? "yes" : "perhaps";
  }
  return maker === null || isTaker ? "perhaps" : "no";
}

/** A namespace of a node. */
interface Place {
  node: NodeView;
  netns: number | undefined;
}

/** Where the flow was made; null where that was not seen. */
function makerOf({ packets }: FlowGroup): Place | null {
  const first = packets[0]!.steps[0]!.event;
  const { kind, node, netns } = first;
  // Where receptions were missed, what was forwarded looks as if it was made there.
  const isSeen = gapOf(node, DEVICE_SCRIPTS, before(first)) === null;
  return kind === "device-tx" && isSeen ? { node, netns } : null;
}

const isTakenAt = ({ outcome, end: { step: { event } } }: Judgement, { node, netns }: Place) =>
  outcome === "delivered" && event.node === node && event.netns === netns;

/** On a node that saw both it began after the question, and within the time that an answer takes. */
function comesAfter(flow: FlowGroup, question: FlowGroup): boolean {
  const asked = firsts(question);
  for (const [node, at] of firsts(flow)) {
    const since = asked.get(node);
    if (since !== undefined) return at > since && at - since < ANSWER_WITHIN_NS;
  }
  return false;
}

/** When each node first saw a packet of the flow, in the order of the nodes' names. */
function firsts(flow: FlowGroup): Map<NodeView, number> {
  const at = new Map<NodeView, number>();
  for (const { packet } of flow.packets) {
    for (const { node, events } of packet.chains) {
      const known = at.get(node);
      if (known === undefined || events[0]!.at < known) at.set(node, events[0]!.at);
    }
  }
  return new Map([...at].sort(([a], [b]) => a.name < b.name ? -1 : 1));
}
