/** Packets to flows: grouping by the tuple as sent, and the two directions joined. Rules G1 to G3. */
import { endPoint } from "../../event/end_point.ts";
import { conntrackForm, type Form, formKey, formOf } from "../correlate/identity.ts";
import { isConnectRequest, PROTOCOL_NAMES } from "../kernel/protocols.ts";
import { isOfResets, joinDirections } from "./directions.ts";
import type { FlowGroup } from "./flow_group.ts";
import type { Judgement } from "./judgement.ts";
import type { Step } from "../correlate/steps.ts";
import type { Sighting } from "../view/timeline.ts";
import { Union } from "../correlate/union.ts";

export type { FlowGroup };

/** [G1] The form a packet was sent in: that of its first sighting, or what conntrack says it was. */
export function sentForm(judgement: Judgement): Form {
  const first = judgement.steps[0]!.event;
  if (first.conntrackDirection === "original" && first.tunnelKind === undefined) {
    return conntrackForm(first) ?? formOf(first);
  }
  return formOf(first);
}

/** All flows of an incident, with translated packets in the flow they belong to, and directions joined. */
export function flowsOf(judgements: readonly Judgement[]): FlowGroup[] {
  const groups = groupBySentForm(judgements);
  const merged = mergeTranslated(groups);
  joinDirections(merged);
  for (const group of merged) settle(group);
  return merged;
}

/** There are as many as flows: lists that grew have room to spare, and a table of one form is the packets'. */
function settle(group: FlowGroup): void {
  group.packets = group.packets.slice();
  if (group.forms.size > 1) return;
  const [key] = group.forms.keys();
  const { forms } = group.packets[0]!.packet;
  if (forms.size !== 1 || forms.get(key!)?.network !== group.form.network) return;
  group.forms = forms;
  group.form = forms.get(key!)!;
}

/** Packets by the form they were sent in, in the order of their ids. */
export function groupBySentForm(judgements: readonly Judgement[]): FlowGroup[] {
  const groups = new Map<string, FlowGroup>();
  const firsts = firstFragments(judgements);
  for (const judgement of judgements) {
    const form = firsts.get(fragmentKey(judgement) ?? "") ?? sentForm(judgement);
    const key = formKey(form);
    let group = groups.get(key);
    if (!group) {
      const id = flowId(form);
      group = { id, form, order: `0 ${id}`, packets: [], forms: new Map([[key, form]]) };
      groups.set(key, group);
    }
    group.packets.push(judgement);
    for (const [other, known] of judgement.packet.forms) group.forms.set(other, known);
  }
  return [...groups.values()].sort((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** [G7] A later fragment has no ports: it belongs to the flow of the first one of its packet. */
function firstFragments(judgements: readonly Judgement[]): Map<string, Form> {
  const firsts = new Map<string, Form>();
  for (const judgement of judgements) {
    for (const key of firstFragmentKeys(judgement)) firsts.set(key, sentForm(judgement));
  }
  return firsts;
}

/**
 * The keys (`fragmentKey`) that other fragments of its packet may have, before and after NAT. Empty
 * for what is no first fragment.
 */
export function firstFragmentKeys(judgement: Judgement): string[] {
  const [first] = fragmentsOf(judgement);
  if (first?.fragmentOffset !== 0) return [];
  const forms = [first, ...judgement.packet.forms.values()];
  return forms.map(({ protocol, source, destination }) =>
    `${protocol} ${source} ${destination} ${first.ipId}`
  );
}

/** A key that fragments of one packet share in one form; null for what is no fragment. */
export function fragmentKey(judgement: Judgement): string | null {
  const [first] = fragmentsOf(judgement);
  if (!first) return null;
  const { source, destination, protocol, ipId } = first;
  return `${protocol} ${source} ${destination} ${ipId}`;
}

/** Its sightings as a fragment: a router on the way may have made it one, or a smaller one. */
export function fragmentsOf({ steps }: Judgement): Sighting[] {
  // Nearly all packets have none, and all are asked.
  if (!steps.some(isFragment)) return [];
  return steps.filter(isFragment).map(({ event }) => event);
}

const isFragment = ({ event }: Step) => event.fragmentOffset !== undefined;

/**
 * [G2] Packets first seen after their translation belong to the flow whose other packets were seen
 * before it.
 */
function mergeTranslated(groups: FlowGroup[]): FlowGroup[] {
  const bySent = new Map(groups.map((group, i) => [formKey(group.form), i]));
  const union = new Union(groups.length);
  const isTranslated = new Set<number>();
  groups.forEach((group, i) => {
    for (const key of group.forms.keys()) {
      const other = bySent.get(key);
      if (other === undefined || other === i || isResetOf(group, groups[other]!)) continue;
      union.join(i, other);
      if (!groups[other]!.forms.has(formKey(group.form)) || hasOnlyLateForms(groups[other]!)) {
        isTranslated.add(other);
      }
    }
  });
  const result = new Map<number, FlowGroup>();
  const order = groups.map((_, i) => i).sort((a, b) =>
    Number(isTranslated.has(a)) - Number(isTranslated.has(b)) || a - b
  );
  for (const i of order) {
    const root = union.find(i);
    const into = result.get(root);
    const group = groups[i]!;
    if (!into) {
      if (isTranslated.has(i)) group.order = `1 ${group.id}`;
      result.set(root, group);
      continue;
    }
    into.packets.push(...group.packets);
    for (const [key, form] of group.forms) into.forms.set(key, form);
  }
  return [...result.values()].sort(flowOrder);
}

/**
 * The client resets what an answer came from that it did not ask, and NAT on the way makes of that the end that it
 * asked: what it asked is no translation of that.
 */
const isResetOf = (resets: FlowGroup, asked: FlowGroup): boolean =>
  isOfResets(resets) && !isOfResets(asked) &&
  asked.packets.some((packet) => isConnectRequest(firstOf(packet))) &&
  hasSameMaker(firstOf(resets.packets[0]!), firstOf(asked.packets[0]!));

const hasSameMaker = (a: Sighting, b: Sighting): boolean =>
  a.kind === "device-tx" && b.kind === "device-tx" && a.node === b.node && a.netns === b.netns;

const firstOf = ({ steps }: Judgement): Sighting => steps[0]!.event;

/** Order of flows, whichever they are among. */
export const flowOrder = (a: FlowGroup, b: FlowGroup): number =>
  a.order < b.order ? -1 : a.order > b.order ? 1 : 0;

/** Its packets were only seen after their translation. */
const hasOnlyLateForms = (group: FlowGroup) => group.forms.size === 1;

/** `tcp 10.0.0.1:4000>10.0.0.2:80`: readable, and the same in every run over the same events. */
export function flowId(form: Form): string {
  const id = form.icmpId === undefined ? "" : `#${form.icmpId}`;
  return `${protocolName(form)} ${endPoint(form.source, form.sourcePort)}>${
    endPoint(form.destination, form.destinationPort)
  }${id}`;
}

/** The protocol as a report names it: `tcp`, else the number as text. */
export function protocolName(form: Form): string {
  return PROTOCOL_NAMES[form.protocol] ?? String(form.protocol);
}
