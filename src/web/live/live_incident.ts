/** The incident as the live stream has reported it so far: events in, and what each of them touched. */
import type { Exchange, Flow } from "../../event/report.ts";
import { applyDifference, type Difference } from "../../event/difference.ts";
import type { ReceivedServerSentEvent } from "../../event/sse.ts";
import { EMPTY_STATE, type IncidentState } from "./incident_state.ts";
import { KeptList } from "./kept_list.ts";
import {
  fields,
  list,
  number,
  readAccounting,
  readExchange,
  readFlow,
  readNode,
  text,
} from "./read.ts";
import { readChange, readProblem } from "./read_problem.ts";
import { Sequence } from "../../event/sequence.ts";
import { settledExchange, settledFlow } from "./settle.ts";

/** Ids of what events changed, took away or moved. */
export interface Touched {
  flows: Set<string>;
  exchanges: Set<string>;
  /** All of it is another: a report came. */
  isAll: boolean;
}

/** Events after which what was told before holds together. */
const ENDS_CHANGE = new Set(["hello", "report", "summary", "missed", "end"]);

/** The incident as it is known. Its maps are changed in place, because a copy would cost all of them. */
export class LiveIncident {
  readonly flows = new Map<string, Flow>();
  readonly exchanges = new Map<string, Exchange>();
  /** Ids, worst first, as the analysis ranks them. */
  readonly flowOrder = new Sequence<string>();
  readonly exchangeOrder = new Sequence<string>();
  #head: Omit<IncidentState, "flows" | "exchanges"> = EMPTY_STATE;
  #touched = nothing();
  #isSettled = false;
  #nodes = new KeptList(readNode, ({ name }) => name);
  #problems = new KeptList(readProblem, ({ id }) => id);
  #changes = new KeptList(readChange, ({ id }) => id);

  /** What is known now: another object after each change. The maps in it are this incident's own. */
  get state(): IncidentState {
    return { ...this.#head, flows: this.flows, exchanges: this.exchanges };
  }

  /** Takes events; those that cannot be read are counted. True: what is known holds together now. */
  take(events: readonly ReceivedServerSentEvent[]): boolean {
    this.#head = { ...this.#head };
    for (const { event, data } of events) {
      try {
        this.#apply(event, JSON.parse(data));
      } catch {
        this.#head.unread += 1;
      }
    }
    return ENDS_CHANGE.has(events.at(-1)?.event ?? "");
  }

  /** What was touched since this was asked before. */
  touched(): Touched {
    const touched = this.#touched;
    this.#touched = nothing();
    return touched;
  }

  /** Nothing can be on its way any more, now and of what still comes. */
  settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    for (const flow of [...this.flows.values()]) this.#setFlow(flow);
    for (const exchange of [...this.exchanges.values()]) this.#setExchange(exchange);
  }

  #apply(event: string, data: unknown): void {
    const from = fields(data);
    const head = this.#head;
    switch (event) {
      case "hello":
        head.incident = text(from.incident) || text(fields(from.incident).id) || head.incident;
        head.ended = null;
        return;
      case "report":
        return this.#applyReport(from);
      case "summary":
        return this.#applySummary(from);
      case "flow":
        return this.#readFlow(from.flow);
      case "exchange":
        return this.#readExchange(from.exchange);
      case "flow-gone":
        return this.#lose("flows", text(from.id));
      case "exchange-gone":
        return this.#lose("exchanges", text(from.id));
      case "missed":
        head.missed += number(from.count);
        return;
      case "end":
        // After a shutdown the ingest comes back, and the stream is asked for again.
        if (from.reason === "shutdown") return;
        head.ended = text(from.reason, "closed");
        head.archive = text(from.archive) || null;
        this.settle();
    }
  }

  #readFlow(value: unknown): void {
    const flow = readFlow(value);
    if (flow === null) this.#head.unread += 1;
    else this.#setFlow(flow);
  }

  #readExchange(value: unknown): void {
    const exchange = readExchange(value);
    if (exchange === null) this.#head.unread += 1;
    else this.#setExchange(exchange);
  }

  #setFlow(flow: Flow): void {
    const { id } = flow;
    const own = this.#isSettled ? settledFlow(flow) : flow;
    if (this.flows.get(id) === own) return;
    this.flows.set(id, own);
    if (!this.flowOrder.has(id)) this.flowOrder.push(id);
    this.#touched.flows.add(id);
  }

  #setExchange(exchange: Exchange): void {
    const { id } = exchange;
    const own = this.#isSettled ? settledExchange(exchange) : exchange;
    if (this.exchanges.get(id) === own) return;
    this.exchanges.set(id, own);
    if (!this.exchangeOrder.has(id)) this.exchangeOrder.push(id);
    this.#touched.exchanges.add(id);
  }

  #lose(kind: "flows" | "exchanges", id: string): void {
    if (!this[kind].delete(id)) return;
    this[kind === "flows" ? "flowOrder" : "exchangeOrder"].delete(id);
    this.#touched[kind].add(id);
  }

  #applyReport(report: Record<string, unknown>): void {
    this.flows.clear();
    this.flowOrder.clear();
    this.exchanges.clear();
    this.exchangeOrder.clear();
    this.#touched = { ...nothing(), isAll: true };
    for (const value of list(report.flows)) this.#readFlow(value);
    for (const value of list(report.exchanges)) this.#readExchange(value);
    this.#head.incident = text(report.incident, this.#head.incident);
    this.#head.known = true;
    this.#head.problems = this.#problems.take(list(report.problems));
    this.#head.changes = this.#changes.take(list(report.changes));
    this.#applyHead(report);
  }

  #applySummary(summary: Record<string, unknown>): void {
    this.#applyHead(summary);
    this.#arrange("exchanges", summary.exchangeOrder, summary.exchangePlaces);
    this.#arrange("flows", summary.order, summary.places);
  }

  #applyHead(from: Record<string, unknown>): void {
    const head = this.#head;
    if ("from" in from) head.from = typeof from.from === "string" ? from.from : null;
    if ("to" in from) head.to = typeof from.to === "string" ? from.to : null;
    if ("accounting" in from) head.accounting = readAccounting(from.accounting);
    if (Array.isArray(from.nodes)) head.nodes = this.#nodes.take(from.nodes);
    if (Array.isArray(from.problems)) head.problems = this.#problems.take(from.problems);
    if (Array.isArray(from.changes)) head.changes = this.#changes.take(from.changes);
    const { nodes, problems, changes } = fields(from.differences);
    head.nodes = differed(head.nodes, nodes, this.#nodes);
    head.problems = differed(head.problems, problems, this.#problems);
    head.changes = differed(head.changes, changes, this.#changes);
  }

  /** Puts into a new order: of all, or of some among those that stay. */
  #arrange(kind: "flows" | "exchanges", order: unknown, places: unknown): void {
    const sequence = kind === "flows" ? this.flowOrder : this.exchangeOrder;
    if (Array.isArray(places)) {
      const moved = readPlaces(places).filter(([id]) => sequence.delete(id));
      for (const [id, index] of moved) sequence.insertAt(index, id);
      for (const [id] of moved) this.#touched[kind].add(id);
    } else if (Array.isArray(order)) {
      // One that is missing in the order stays, at the end.
      const ids = new Set([...order.map((id) => text(id)), ...sequence]);
      sequence.clear();
      for (const id of ids) if (this[kind].has(id)) sequence.push(id);
      this.#touched.isAll = true;
    }
  }
}

const nothing = (): Touched => ({ flows: new Set(), exchanges: new Set(), isAll: false });

const readPlaces = (places: readonly unknown[]) =>
  places.map((place): [string, number] => [text(list(place)[0]), number(list(place)[1])]);

/** The list after a difference that was told; the same where none was. */
function differed<T>(items: readonly T[], told: unknown, kept: KeptList<T>): readonly T[] {
  if (told === undefined) return items;
  const { set, gone, places, order } = fields(told);
  const difference: Difference<T> = {
    set: list(set).flatMap((value) => kept.read(value) ?? []),
    gone: list(gone).map((id) => text(id)),
    ...Array.isArray(places) && { places: readPlaces(places) },
    ...Array.isArray(order) && { order: order.map((id) => text(id)) },
  };
  return kept.changed(applyDifference(items, difference, kept.idOf));
}
