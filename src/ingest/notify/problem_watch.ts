/** Looks for problems that opened and healed, in all incidents of this ingest, and has others told. */
import type { Report } from "../../event/report.ts";
import type { Clock } from "../clock.ts";
import type { HubPort } from "../live/hub_port.ts";
import type { Incident, Store } from "../stores/store.ts";
import { type News, problemNews, type Told } from "./problem_news.ts";

/** Who is told. */
export interface Teller {
  /** `report`: the one that has the news, which is at least one. */
  tell(incident: Incident, report: Report, news: readonly News[]): void;
  /** Nothing is told any more. */
  close(): void;
}

/** What it looks at. */
export interface WatchDeps {
  store: Pick<Store, "listIncidents">;
  hub: Pick<HubPort, "reportJson">;
  clock: Clock;
  log: (line: string) => void;
}

/** A look after a look: reports are made for it as for a viewer. */
const LOOK_MS = 2_000;

/** Looks in a row that may fail at one revision; then it is left alone until it changes. */
const FAILURES_MAX = 5;

interface Known {
  /** That was looked at last, -1 when none was. */
  revision: number;
  told: Told;
  /** Looks that failed, one after the other, at the revision that is there now. */
  failed: { revision: number; times: number };
}

const unknown = (): Known => ({
  revision: -1,
  told: new Map(),
  failed: { revision: -1, times: 0 },
});

/** Looks for news until it is closed. */
export class ProblemWatch {
  #known = new Map<string, Known>();
  /** Incidents that were here before, until they are looked at for the first time. */
  #earlier = new Set<string>();
  #cancel: (() => void) | null = null;
  #closed = false;

  constructor(readonly deps: WatchDeps, readonly tellers: readonly Teller[]) {}

  /** Problems that there are already were told of by an earlier run, or happened while none ran. */
  async start(): Promise<void> {
    if (this.tellers.length === 0) return;
    const incidents = await this.deps.store.listIncidents();
    this.#earlier = new Set(incidents.map(({ id }) => id));
    this.#again(0);
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    for (const teller of this.tellers) teller.close();
  }

  #again(delayMs = LOOK_MS): void {
    if (this.#closed) return;
    this.#cancel = this.deps.clock.after(delayMs, async () => {
      await this.#look();
      this.#again();
    });
  }

  async #look(): Promise<void> {
    try {
      const incidents = await this.deps.store.listIncidents();
      for (const incident of incidents) {
        const { id, revision, importing } = incident;
        if (importing || this.#known.get(id)?.revision === revision) continue;
        await this.#tell(incident).catch((error) => {
          // An ingest that is busy for a moment has the same news later, and one incident that can't
          // be analysed does not keep the others from being told.
          const known = this.#known.get(id) ?? unknown();
          const times = known.failed.revision === revision ? known.failed.times + 1 : 1;
          const next = times >= FAILURES_MAX ? revision : known.revision;
          this.#known.set(id, { ...known, revision: next, failed: { revision, times } });
          if (!this.#closed) this.deps.log(`Cannot tell of problems of incident ${id}: ${error}`);
        });
      }
      const there = new Set(incidents.map(({ id }) => id));
      for (const id of this.#known.keys()) if (!there.has(id)) this.#known.delete(id);
    } catch (error) {
      if (!this.#closed) this.deps.log(`Cannot look for news of problems: ${error}`);
    }
  }

  async #tell(incident: Incident): Promise<void> {
    const { id, revision, closedMs, arrivedMs, createdMs } = incident;
    const known = this.#known.get(id) ?? unknown();
    // What was closed before, here or elsewhere, is history: no report of it is made.
    const isOld = this.#earlier.has(id) || arrivedMs !== createdMs;
    const isOver = closedMs !== null && isOld && !this.#known.has(id);
    const json = isOver ? null : await this.deps.hub.reportJson(id);
    if (this.#closed) return;
    const isSilent = this.#earlier.delete(id);
    if (json !== null) {
      const report = JSON.parse(json) as Report;
      const news = problemNews(known.told, report.problems);
      if (!isSilent && news.length > 0) {
        for (const teller of this.tellers) teller.tell(incident, report, news);
      }
    }
    this.#known.set(id, { ...known, revision });
  }
}
