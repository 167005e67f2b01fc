/**
 * Which flows the hub must look at whole, from what the shards said of their parts. A flow is quiet
 * when every shard found all of its packets delivered, and those that answer it too. Rules D2 to D4.
 */
import { type Form, formKey, reverse } from "../correlate/identity.ts";
import { ICMP, ICMP6, TCP } from "../kernel/protocols.ts";
import { Union } from "../correlate/union.ts";
import type { Mark } from "./facts.ts";
import type { FlowSummary, Selection } from "./told.ts";

/** A flow by what all shards said of it. */
interface Known {
  form: Form;
  /** By key. */
  forms: Map<string, Form>;
  packets: number;
  /** Of its packets, in all shards. */
  events: number;
  marks: Set<Mark>;
  loud: boolean;
  /** As `source>destination`. */
  tunnels: Set<string>;
}

/** The forms of which packets were counted. */
export interface Counted {
  /** As `formKey` spells it. */
  has(form: string): boolean;
}

/**
 * The flows that the hub must look at. `eventsMax`: how many events of those flows' packets it has
 * room for; what stands for the other flows comes on top.
 */
export function planOf(
  shards: readonly { flows: Iterable<FlowSummary> }[],
  counted: Counted,
  eventsMax = Infinity,
): Selection {
  const flows = merged(shards.flatMap((shard) => [...shard.flows]));
  const families = familiesOf(flows);
  const loud = new Set(families.filter(isLoud));
  // The outer packets of a tunnel may be seen as a flow between its ends: it is looked at with the
  // flows inside, because it has the cause of what became of them.
  for (let before = -1; before !== loud.size;) {
    before = loud.size;
    const pairs = new Set([...loud].flat().flatMap((flow) => [...flow.tunnels]));
    for (const family of families) {
      if (family.some(({ form }) => pairs.has(`${form.source}>${form.destination}`))) {
        loud.add(family);
      }
    }
  }
  const isCounted = (family: readonly Known[]) =>
    family.some(({ forms }) => [...forms.keys()].some((form) => counted.has(form)));
  return withRoom(
    sized([...loud]),
    sized(families.filter((family) => !loud.has(family) && isCounted(family))),
    eventsMax,
  );
}

/** Flows that answer each other, as they are selected. */
interface Sized {
  keys: readonly string[];
  events: number;
}

/** Small families come first, so that most flows fit. */
const sized = (families: readonly Known[][]): Sized[] =>
  families.map((family) => ({
    keys: family.map(({ form }) => formKey(form)).sort(),
    events: family.reduce((total, { events }) => total + events, 0),
  })).sort((a, b) => a.events - b.events || (a.keys[0]! < b.keys[0]! ? -1 : 1));

/**
 * [D4] Selects families as `whole` while their events fit into `eventsMax`, and the others as `partial`.
 * What is left of the room is for those with which nothing is wrong but that were counted; of others of
 * these what stands for them is enough, because no outcome rests on counts.
 */
function withRoom(
  loud: readonly Sized[],
  counted: readonly Sized[],
  eventsMax: number,
): Selection {
  const selection: Selection = { whole: [], partial: [] };
  let room = eventsMax;
  for (const { keys, events } of loud) {
    selection[events <= room ? "whole" : "partial"].push(...keys);
    room -= events;
  }
  for (const { keys, events } of counted) {
    if (events > room) break;
    selection.whole.push(...keys);
    room -= events;
  }
  return selection;
}

function merged(flows: readonly FlowSummary[]): Known[] {
  const known = new Map<string, Known>();
  for (const { form, forms, packets, events, loud, marks, tunnels } of flows) {
    const key = formKey(form);
    const flow = known.get(key) ?? {
      ...{ form, forms: new Map(), packets: 0, events: 0 },
      ...{ loud: false, marks: new Set(), tunnels: new Set() },
    };
    known.set(key, flow);
    for (const other of forms) flow.forms.set(formKey(other), other);
    for (const pair of tunnels) flow.tunnels.add(pair);
    for (const mark of marks) flow.marks.add(mark);
    flow.packets += packets;
    flow.events += events;
    flow.loud ||= loud;
  }
  return [...known.values()];
}

/** Flows that share a form, or answer each other in one, or may answer by the client's end. */
function familiesOf(flows: readonly Known[]): Known[][] {
  const union = new Union(flows.length);
  const firsts = new Map<string, number>();
  joinStrays(flows, union);
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

const endKey = (protocol: number, address: string, port: number | undefined) =>
  `${protocol} ${address} ${port ?? ""}`;

/**
 * Joins a flow that is nobody's reverse with those that asked from the end it goes to (X1): which of
 * them it answers is for the hub to find out.
 */
function joinStrays(flows: readonly Known[], union: Union): void {
  const asking = new Map<string, number[]>();
  const forms = new Set(flows.flatMap((flow) => [...flow.forms.keys()]));
  flows.forEach((flow, i) => {
    for (const { protocol, source, sourcePort, icmpId } of flow.forms.values()) {
      const key = endKey(protocol, source, sourcePort ?? icmpId);
      const list = asking.get(key);
      if (list) list.push(i);
      else asking.set(key, [i]);
    }
  });
  flows.forEach((flow, i) => {
    if ([...flow.forms.values()].some((form) => forms.has(formKey(reverse(form))))) return;
    for (const { protocol, destination, destinationPort, icmpId } of flow.forms.values()) {
      for (const j of asking.get(endKey(protocol, destination, destinationPort ?? icmpId)) ?? []) {
        if (j === i) continue;
        union.join(i, j);
        // It must be looked at: the other end may not take it for its answer.
        flow.loud = true;
      }
    }
  });
}

function isLoud(family: readonly Known[]): boolean {
  return family.some((flow) =>
    flow.loud || flow.marks.has("reset") || (owesAnswer(flow.form) && !isAnswered(flow, family)) ||
    isOneSided(flow, family)
  );
}

/** The other direction has fewer echoes, or neither data nor an end while this one has data. */
function isOneSided(flow: Known, family: readonly Known[]): boolean {
  const others = family.filter((other) =>
    other !== flow &&
    [...flow.forms.values()].some((form) => other.forms.has(formKey(reverse(form))))
  );
  if (flow.form.protocol === ICMP || flow.form.protocol === ICMP6) {
    return others.some((other) => other.packets !== flow.packets);
  }
  return flow.marks.has("data") &&
    !others.some(({ marks }) => marks.has("data") || marks.has("fin"));
}

const owesAnswer = ({ protocol }: Form) =>
  protocol === TCP || protocol === ICMP || protocol === ICMP6;

function isAnswered(flow: Known, family: readonly Known[]): boolean {
  return family.some((other) =>
    other !== flow &&
    [...flow.forms.values()].some((form) => other.forms.has(formKey(reverse(form))))
  );
}
