/** Offsets between the nodes' clocks, as bounds that follow from packets that both nodes saw. */
import { sharedTexts } from "../view/shared_texts.ts";
import type { NodeView } from "../view/timeline.ts";
import type { Foremost } from "./gathered.ts";
import type { Judgement } from "./judgement.ts";

/**
 * Bounds in ns of the number that turns an `at` of one node into an `at` of the other when added.
 */
export interface Bounds {
  leastNs: number;
  mostNs: number;
}

/** Differences of readings that bound an offset: the higher of each is the narrower bound. */
export type Narrowest = Foremost<number>;

/** Every family keeps those of its nodes. */
const shared = sharedTexts();

const key = (what: "least" | "most", from: string, to: string) => shared(`${what}\0${from}\0${to}`);

/** The bounds that these packets tell, as `Narrowest` gathers them. */
export function boundsOf(
  judgements: readonly Pick<Judgement, "steps" | "packet">[],
  travelNs: number,
) {
  const values = new Map<string, number>();
  const narrow = (what: "least" | "most", from: NodeView, to: NodeView, ns: number) => {
    const name = key(what, from.name, to.name);
    values.set(name, Math.max(values.get(name) ?? -Infinity, ns));
  };
  for (const { steps, packet } of judgements) {
    if (packet.ambiguous) continue;
    for (let i = 1; i < steps.length; i++) {
      const [sent, received] = [steps[i - 1]!.event, steps[i]!.event];
      if (sent.node === received.node) continue;
      const delay = received.at - sent.at;
      narrow("least", sent.node, received.node, delay - travelNs);
      narrow("most", sent.node, received.node, -delay);
      narrow("least", received.node, sent.node, -delay);
      narrow("most", received.node, sent.node, delay - travelNs);
    }
  }
  return values;
}

/** Bounds between all nodes that exchanged packets, as they were gathered up to some version. */
class Table {
  readonly #direct = new Map<string, Map<string, Bounds>>();
  readonly #found = new Map<string, Map<string, Bounds>>();

  constructor(narrowest: Narrowest, readonly version = narrowest.source.version) {
    for (const name of [...narrowest.all.keys()].sort()) {
      const [what, from, to] = name.split("\0") as [string, string, string];
      const own = this.#direct.get(from) ?? new Map<string, Bounds>();
      this.#direct.set(from, own);
      const bounds = own.get(to) ?? { leastNs: -Infinity, mostNs: Infinity };
      own.set(to, bounds);
      const ns = narrowest.all.get(name)!;
      if (what === "least") bounds.leastNs = ns;
      else bounds.mostNs = -ns;
    }
  }

  /** By way of as few nodes as possible, and of equally many those whose names come first. */
  between(from: string, to: string): Bounds | undefined {
    let found = this.#found.get(from);
    if (!found) this.#found.set(from, found = this.#spread(from));
    return found.get(to);
  }

  #spread(root: string): Map<string, Bounds> {
    const found = new Map<string, Bounds>([[root, { leastNs: 0, mostNs: 0 }]]);
    for (const [name, bounds] of found) {
      for (const [next, step] of this.#direct.get(name) ?? []) {
        if (found.has(next)) continue;
        found.set(next, {
          leastNs: bounds.leastNs + step.leastNs,
          mostNs: bounds.mostNs + step.mostNs,
        });
      }
    }
    return found;
  }
}

const tables = new WeakMap<Narrowest, Table>();

/** Bounds from one node to another that it exchanged packets with, directly or by way of others. */
export function boundsBetween(
  from: NodeView,
  to: NodeView,
  narrowest: Narrowest,
): Bounds | undefined {
  let table = tables.get(narrowest);
  if (table?.version !== narrowest.source.version) {
    table = new Table(narrowest);
    tables.set(narrowest, table);
  }
  return table.between(from.name, to.name);
}
