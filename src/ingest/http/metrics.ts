/** Figures of the ingest as Prometheus text. No name of an incident or token is in them. */

/** A metric as `lasthop_NAME`, with the labels of each value as they are written. */
export interface Metric {
  name: string;
  type: "counter" | "gauge";
  help: string;
  values: [labels: string, value: number][];
}

/** Figures of a hub, for `/metrics`. All but `viewers` only grow. */
export interface HubFigures {
  /** Live viewers now. */
  viewers: number;
  /** Messages that slow viewers missed. */
  missed: number;
  /** Bytes of messages that viewers have begun to read, each counted once. */
  heldBytes: number;
  /** Viewers that were cut off because too much was held. */
  cutOff: number;
  /** Reports that were computed. */
  computations: number;
  /** Time that took. */
  computedMs: number;
}

const COUNTERS = {
  batches: "Batches stored",
  duplicates: "Batches that came again",
  events: "Events stored",
  states: "Node states stored",
  refused: "Lines refused",
  evicted: "Segments of lines evicted at the limits",
  body_bytes: "Bytes of batch bodies as sent",
  rate_limited: "Requests refused by the rate limit",
  unauthenticated: "Requests without a valid token",
  out_of_storage: "Requests refused because the disk is full",
  audit_failures: "Audit entries that could not be written",
  failures: "Requests that failed inside",
} as const;

/** A counter, as `lasthop_NAME_total` without its ends. */
export type CounterName = keyof typeof COUNTERS;

/** Counters of one app, since it started. */
export class Metrics {
  #counters = new Map<CounterName, number>();
  #responses = new Map<number, number>();

  add(name: CounterName, count = 1): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + count);
  }

  responded(status: number): void {
    this.#responses.set(status, (this.#responses.get(status) ?? 0) + 1);
  }

  text(hub: HubFigures, more: readonly Metric[] = []): string {
    const lines: string[] = [];
    const metric = (name: string, type: string, help: string, values: [string, number][]) => {
      lines.push(`# HELP lasthop_${name} ${help}.`, `# TYPE lasthop_${name} ${type}`);
      for (const [labels, value] of values) lines.push(`lasthop_${name}${labels} ${value}`);
    };
    for (const [name, help] of Object.entries(COUNTERS)) {
      metric(`${name}_total`, "counter", help, [
        ["", this.#counters.get(name as CounterName) ?? 0],
      ]);
    }
    const statuses = [...this.#responses].sort(([a], [b]) => a - b);
    metric(
      "responses_total",
      "counter",
      "Responses by status",
      statuses.map(([status, count]) => [`{status="${status}"}`, count]),
    );
    metric("viewers", "gauge", "Live viewers now", [["", hub.viewers]]);
    metric("missed_total", "counter", "Messages that slow viewers missed", [["", hub.missed]]);
    metric("viewer_bytes", "gauge", "Bytes that viewers have begun to read", [["", hub.heldBytes]]);
    metric("viewers_cut_off_total", "counter", "Viewers cut off because they read too slowly", [
      ["", hub.cutOff],
    ]);
    metric("reports_total", "counter", "Reports computed", [["", hub.computations]]);
    metric("report_seconds_total", "counter", "Time spent computing reports", [
      ["", hub.computedMs / 1000],
    ]);
    for (const { name, type, help, values } of more) metric(name, type, help, values);
    return lines.join("\n") + "\n";
  }
}
