/**
 * A report of an ingest of this process, with what a list of it needs: most of a flow is its path, and of
 * thousands that are alike one is shown. The rest of that one is read where the ingest has it.
 */
import type { Exchange, Flow, Hop, Report } from "../../event/report.ts";
import type { Computed } from "../../ingest/live/reports.ts";
import type { ListName } from "../../ingest/live/spelled.ts";
import type { ReportText } from "../../ingest/live/report_text.ts";
import type { Conversation } from "../render/group.ts";

/** In place of what is left out. */
const NOWHERE: Hop = {
  node: "",
  netns: "",
  device: "",
  ifindex: 0,
  deviceKind: "",
  stage: "device-rx",
  timeNs: "0",
  at: "",
};

/** The same of what any flow has. */
const LEFT_OUT: Pick<Flow, "packets" | "lastHop" | "path"> = {
  packets: { seen: 0, delivered: 0, dropped: 0, vanished: 0, inFlight: 0, unknown: 0 },
  lastHop: NOWHERE,
  path: [],
};

/** A report that grows, of which each flow is without its way. */
export class LightReport {
  #text: ReportText | null = null;
  #number = -1;
  readonly #flows = new Map<string, Flow>();
  readonly #exchanges = new Map<string, Exchange>();

  /** Takes the next report. */
  take({ number, change, text }: Computed): void {
    const since = change?.since === this.#number ? change : null;
    this.#text = text;
    this.#number = number;
    if (since === null) {
      this.#flows.clear();
      this.#exchanges.clear();
      for (const id of text.ids("flows")) this.#setFlow(text.item("flows", id)!);
      for (const id of text.ids("exchanges")) this.#setExchange(text.item("exchanges", id)!);
      return;
    }
    const { flows, exchanges } = since.told.lists;
    for (const id of flows?.gone ?? []) this.#flows.delete(id);
    for (const id of exchanges?.gone ?? []) this.#exchanges.delete(id);
    for (const [, item] of flows?.set ?? []) this.#setFlow(item);
    for (const [, item] of exchanges?.set ?? []) this.#setExchange(item);
  }

  /** The report now. Call after the first was taken. */
  get report(): Report {
    const text = this.#text!;
    const part = (name: string) => JSON.parse(text.part(name) ?? "[]");
    return {
      version: 1,
      incident: part("incident"),
      from: part("from"),
      to: part("to"),
      nodes: part("nodes"),
      problems: part("problems"),
      changes: part("changes"),
      exchanges: this.#inOrder("exchanges", this.#exchanges),
      flows: this.#inOrder("flows", this.#flows),
      accounting: part("accounting"),
    };
  }

  /** A conversation of `report` with all of its flows. */
  whole = ({ exchange, flow, replies }: Conversation): Conversation => ({
    ...exchange && { exchange: this.#read("exchanges", exchange) },
    flow: this.#read("flows", flow),
    replies: replies.map((reply) => this.#read("flows", reply)),
  });

  #read<T extends { id: string }>(list: ListName, light: T): T {
    const text = this.#text!.item(list, light.id);
    return text === undefined ? light : JSON.parse(text) as T;
  }

  #inOrder<T>(list: ListName, items: ReadonlyMap<string, T>): T[] {
    return Array.from(this.#text!.ids(list), (id) => items.get(id)!);
  }

  #setFlow(text: string): void {
    const { id, protocol, source, destination, destinationPort, replyOf, outcome, problems } = JSON
      .parse(text) as Flow;
    const ends = { source, destination, destinationPort };
    this.#flows.set(id, { id, protocol, ...ends, outcome, replyOf, problems, ...LEFT_OUT });
  }

  #setExchange(text: string): void {
    const { findings: _findings, cause: _cause, ...exchange } = JSON.parse(text) as Exchange;
    this.#exchanges.set(exchange.id, { ...exchange, sentence: "" });
  }
}
