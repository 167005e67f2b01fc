/**
 * Which flows the hub must look at whole, from what the shards said of their parts. A flow is quiet
 * when every shard found all of its packets delivered, and those that answer it too. Rule D2.
 */
import { type Form, formKey, ICMP, ICMP6, reverse, TCP } from "../identity.ts";
import { Union } from "../union.ts";
import type { FlowSummary, Selection, ShardSummary } from "./summary.ts";

interface Known {
  form: Form;
  forms: Map<string, Form>;
  loud: boolean;
  tunnels: Set<string>;
}

export function planOf(summaries: readonly ShardSummary[]): Selection {
  const flows = merged(summaries.flatMap((summary) => summary.flows));
  const families = familiesOf(flows);
  const loud = new Set(families.filter(isLoud));
  // What a tunnel became is seen as packets between its ends: they are looked at with it.
  for (let before = -1; before !== loud.size;) {
    before = loud.size;
    const pairs = new Set([...loud].flat().flatMap((flow) => [...flow.tunnels]));
    for (const family of families) {
      if (family.some(({ form }) => pairs.has(`${form.source}>${form.destination}`))) {
        loud.add(family);
      }
    }
  }
  return { whole: [...loud].flat().map(({ form }) => formKey(form)).sort() };
}

function merged(flows: readonly FlowSummary[]): Known[] {
  const known = new Map<string, Known>();
  for (const { form, forms, loud, tunnels } of flows) {
    const key = formKey(form);
    const flow = known.get(key) ?? { form, forms: new Map(), loud: false, tunnels: new Set() };
    known.set(key, flow);
    for (const other of forms) flow.forms.set(formKey(other), other);
    for (const pair of tunnels) flow.tunnels.add(pair);
    flow.loud ||= loud;
  }
  return [...known.values()];
}

/** Flows that share a form, or answer each other in one. */
function familiesOf(flows: readonly Known[]): Known[][] {
  const union = new Union(flows.length);
  const firsts = new Map<string, number>();
  flows.forEach((flow, i) => {
    for (const form of flow.forms.values()) {
      const [there, back] = [formKey(form), formKey(reverse(form))];
      const key = there < back ? there : back;
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, i);
      else union.join(first, i);
    }
  });
  const families = new Map<number, Known[]>();
  flows.forEach((flow, i) => {
    const root = union.find(i);
    const family = families.get(root);
    if (family) family.push(flow);
    else families.set(root, [flow]);
  });
  return [...families.values()];
}

function isLoud(family: readonly Known[]): boolean {
  return family.some((flow) => flow.loud || (owesAnswer(flow.form) && !isAnswered(flow, family)));
}

const owesAnswer = ({ protocol }: Form) =>
  protocol === TCP || protocol === ICMP || protocol === ICMP6;

function isAnswered(flow: Known, family: readonly Known[]): boolean {
  return family.some((other) =>
    other !== flow &&
    [...flow.forms.values()].some((form) => other.forms.has(formKey(reverse(form))))
  );
}
