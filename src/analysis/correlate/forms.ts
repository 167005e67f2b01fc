/** The forms that a packet was seen in. Rule C3. */
import type { Sighting } from "../view/timeline.ts";
import type { Chain } from "./chains.ts";
import { conntrackForm, type Form, formKey, formOf } from "./identity.ts";

/** [C3] A chain's forms: the tuples it was seen with, and the other side of its translation. */
export const formsOf = (chain: Chain): Form[] => [...formsByKey(chain).values()];

/** The same by their keys. */
export function formsByKey({ events }: Chain): Map<string, Form> {
  const forms = new Map<string, Form>();
  let before: Sighting | null = null;
  for (const event of events) {
    if (before !== null && isSameTuple(before, event)) continue;
    before = event;
    addForms(forms, event);
  }
  return forms;
}

/** Those of each chain. Chains that have but one tuple, and the same, have one table, which nobody changes. */
export function formsOfEach(chains: readonly Chain[]): Map<string, Form>[] {
  let tuple: Sighting | null = null;
  let known = new Map<string, Form>();
  const all: Map<string, Form>[] = [];
  for (const chain of chains) {
    const { events } = chain;
    if (tuple !== null && isOfTuple(events, tuple)) {
      all.push(known);
      continue;
    }
    const first = events[0]!;
    if (isOfTuple(events, first)) {
      tuple = first;
      addForms(known = new Map(), first);
      all.push(known);
    } else all.push(formsByKey(chain));
  }
  return all;
}

function addForms(forms: Map<string, Form>, event: Sighting): void {
  const form = formOf(event);
  forms.set(formKey(form), form);
  const other = event.tunnelKind === undefined ? conntrackForm(event) : null;
  if (other) forms.set(formKey(other), other);
}

/** Each is compared with the one before: they mostly are of one block, where texts are the same objects. */
function isOfTuple(events: readonly Sighting[], tuple: Sighting): boolean {
  let before = tuple;
  for (const event of events) {
    if (event !== before && !isSameTuple(before, event)) return false;
    before = event;
  }
  return true;
}

/** All that forms are made of is the same in both. */
const isSameTuple = (a: Sighting, b: Sighting): boolean =>
  a.source === b.source && a.sourcePort === b.sourcePort && a.destination === b.destination &&
  a.destinationPort === b.destinationPort && a.icmpId === b.icmpId && a.protocol === b.protocol &&
  a.network === b.network && a.tunnelKind === b.tunnelKind &&
  a.conntrackSource === b.conntrackSource && a.conntrackSourcePort === b.conntrackSourcePort &&
  a.conntrackDestination === b.conntrackDestination &&
  a.conntrackDestinationPort === b.conntrackDestinationPort &&
  a.conntrackDirection === b.conntrackDirection;

/** Those of several chains, by their keys. */
export const formsOfChains = (chains: readonly Chain[]): Map<string, Form> =>
  merged(formsOfEach(chains));

/** Forms of several chains as one table, which may be the first of them; at least one. */
export function merged(all: readonly Map<string, Form>[]): Map<string, Form> {
  const first = all[0]!;
  let forms = first;
  for (const other of all) {
    if (other === first) continue;
    if (forms === first) forms = new Map(first);
    for (const [key, form] of other) forms.set(key, form);
  }
  return forms;
}
