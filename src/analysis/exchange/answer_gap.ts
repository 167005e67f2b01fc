/** Whether silence proves that no answer was sent. */
import { isNamed, matches, parseNamedFilter, resolveNames } from "../../event/filter/mod.ts";
import type { Form } from "../correlate/identity.ts";
import { gapOf, isSilentUntil, PACKET_SCRIPTS, since } from "../view/coverage.ts";
import type { Gap } from "../../event/gaps.ts";
import { ANSWER_NS, mayWaitForAddress } from "../verdict/answer_due.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { isAnswerSealed } from "../verdict/sealed.ts";
import { netnsName } from "../view/netns_names.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Asides } from "../view/evidence.ts";

/**
 * [X3] Why the silence after a delivered packet is no proof that its host sent no answer: the host's
 * transmissions and drops must have been watched without loss, and for long enough, and IPsec must not
 * encrypt them. Null when it is.
 * `fromAt`: from when on an answer would count, where that is not when the packet arrived.
 */
export function answerGap({ end }: Judgement, fromAt = end.step.event.at): Gap | null {
  const { event } = end.step;
  const when = since({ node: event.node, at: fromAt });
  const gap = gapOf(event.node, PACKET_SCRIPTS, when);
  if (gap) return gap;
  const sealed = sealedGap(event);
  if (sealed) return sealed;
  if (isSilentUntil(event.node, event.at + ANSWER_NS)) return null;
  if (event.node.untilAt - event.at > ANSWER_NS) {
    const text =
      `the trace ended before ${event.node.name} told what it had lost after the question`;
    return { code: "loss-untold", text };
  }
  const ms = Math.round((event.node.untilAt - event.at) / 1e6);
  return { code: "trace-ended", text: `the trace ended ${ms} ms after the question had arrived` };
}

function sealedGap(event: Sighting): Gap | null {
  if (!isAnswerSealed(event)) return null;
  const { node, netns } = event;
  const text = `IPsec of ${netnsName(node, netns)} on ${node.name} encrypts what it answers`;
  return { code: "answer-encrypted", text };
}

/** [X3] The same where the answer may wait for a link address. */
export function waitGap({ end }: Judgement, evidence: Asides): Gap | null {
  const { event } = end.step;
  if (!mayWaitForAddress(event, evidence)) return null;
  const ms = Math.round((event.node.untilAt - event.at) / 1e6);
  const text = `an answer may wait for a link address, which ${event.node.name} looked for: ` +
    `the trace ended ${ms} ms after the question had arrived`;
  return { code: "trace-ended", text };
}

/** Addresses of documentation (RFC 5737, RFC 3849): no question was ever sent to them. */
const STRANGER = { ip4: "203.0.113.253", ip6: "2001:db8:ffff::fd" } as const;

/**
 * [X3] A gap when the probes were told to leave out what another end than the one asked answers: then
 * a wrong answer looks like none. `node` is the client's side.
 */
export function filteredGap(node: NodeView, asked: Form): Gap | null {
  const { filter, followsAnswers } = node.header;
  if (followsAnswers || filter.trim() === "") return null;
  const { network, protocol, source, sourcePort, destinationPort } = asked;
  const answer = {
    network,
    protocol,
    source: STRANGER[network],
    destination: source,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
  };
  const named = parseNamedFilter(filter);
  // What a name stood for when the answer came, nobody knows any more.
  if (!isNamed(named) && matches(resolveNames(named, []), answer)) return null;
  const text = `the filter "${filter}" leaves out answers to ${source} from other ends`;
  return { code: "answers-filtered", text };
}
