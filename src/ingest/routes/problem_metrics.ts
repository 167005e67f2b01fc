/**
 * What is wrong in the open incidents, as figures for Prometheus. Their labels come from the network:
 * they are escaped, and bounded in number.
 */
import type { Report } from "../../event/report.ts";
import { label as shown } from "../../words/escape.ts";
import type { Deps } from "../deps.ts";
import type { Metric } from "../http/metrics.ts";
import { Tally } from "./tally.ts";

/** Incidents that are looked at: of more, those with the latest batches. */
const INCIDENTS_MAX = 32;
/** A scrape gives up after 10 s by default; what is not ready then is told as it was. */
const REPORTS_MS_MAX = 3_000;

/** An incident as it was last read. */
interface Known {
  revision: number;
  /** By outcome, cause, node and state. */
  problems: Tally;
  /** Lost packets by outcome, cause and node. */
  lost: Tally;
  /** How many of its lost packets the counter has. */
  counted: number;
}

/** Keeps what it told, because what was lost is a counter: it never falls, whatever goes. */
export class ProblemMetrics {
  #known = new Map<string, Known>();
  #lostTotal = new Tally();
  #reading: Promise<void> | null = null;

  /** The figures of now, or as they were where a report takes too long. */
  async read(deps: Pick<Deps, "store" | "hub" | "clock" | "log">): Promise<Metric[]> {
    // Scrapes that come meanwhile share one reading.
    this.#reading ??= this.#readAll(deps).finally(() => this.#reading = null);
    const reading = this.#reading.catch((error) => deps.log?.(`Cannot read problems: ${error}`));
    await Promise.race([
      reading,
      new Promise<void>((resolve) => {
        const cancel = deps.clock.after(REPORTS_MS_MAX, resolve);
        reading.finally(cancel);
      }),
    ]);
    return this.#metrics();
  }

  async #readAll({ store, hub, log }: Pick<Deps, "store" | "hub" | "log">): Promise<void> {
    const incidents = (await store.listIncidents()).filter(({ importing }) => !importing);
    const open = incidents.filter(({ closedMs }) => closedMs === null);
    const latest = open.sort((a, b) => (b.activeMs ?? b.arrivedMs) - (a.activeMs ?? a.arrivedMs))
      .slice(0, INCIDENTS_MAX);
    // One that was closed since is read once more, for what it lost last.
    const closed = incidents.filter(({ id, closedMs }) => closedMs !== null && this.#known.has(id));
    for (const { id, revision } of [...latest, ...closed]) {
      if (this.#known.get(id)?.revision === revision) continue;
      try {
        const json = await hub.reportJson(id);
        if (json !== null) this.#take(id, revision, (JSON.parse(json) as Report).problems);
      } catch (error) {
        log?.(`Cannot read problems of ${id}: ${error}`);
      }
    }
    const stillOpen = new Set(open.map(({ id }) => id));
    for (const id of this.#known.keys()) if (!stillOpen.has(id)) this.#known.delete(id);
  }

  #take(id: string, revision: number, list: Report["problems"]): void {
    const problems = new Tally();
    const lost = new Tally();
    for (const { outcome, cause, lastHop: { node }, state, packets, counted } of list) {
      // Names that are written alike are one series.
      const labels = [outcome, cause?.code ?? "", node].map(labelValue);
      problems.add([...labels, state], 1);
      // Of what only counts know no packet that was told is lost.
      lost.add(labels, counted?.lost ?? packets.dropped + packets.vanished);
    }
    const known = this.#known.get(id);
    const sum = sumOf(lost);
    // A cause that is revised moves its packets to other labels: they are counted already.
    let uncounted = Math.max(0, sum - (known?.counted ?? 0));
    const counted = (known?.counted ?? 0) + uncounted;
    for (const [labels, count] of lost.entries()) {
      const more = Math.min(uncounted, Math.max(0, count - (known?.lost.get(labels) ?? 0)));
      this.#lostTotal.add(labels, more);
      uncounted -= more;
    }
    this.#known.set(id, { revision, problems, lost, counted });
  }

  #metrics(): Metric[] {
    const problems = new Tally();
    for (const known of this.#known.values()) {
      for (const [labels, count] of known.problems.entries()) problems.add(labels, count);
    }
    const names = ["outcome", "cause", "node", "state"];
    const values = (tally: Tally) =>
      [...tally.entries()].map(([labels, value]): [string, number] => [
        `{${labels.map((text, i) => `${names[i]}="${text}"`).join(",")}}`,
        value,
      ]);
    return [
      {
        name: "problems",
        type: "gauge",
        help: "Problems of the open incidents",
        values: values(problems),
      },
      {
        name: "lost_packets_total",
        type: "counter",
        help: "Packets of problems that were dropped or vanished",
        values: values(this.#lostTotal),
      },
    ];
  }
}

const sumOf = (tally: Tally): number =>
  [...tally.entries()].reduce((sum, [, count]) => sum + count, 0);

/** A name from the network as the value of a label: nothing in it ends the value or the line. */
const labelValue = (text: string): string => shown(text).replaceAll(/[\\"]/g, "\\$&");
