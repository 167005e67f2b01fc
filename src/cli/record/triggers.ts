/** What a recorder does about news of problems: each is told once, and the last minutes are kept. */
import type { Clock } from "../../ingest/clock.ts";
import type { News } from "../../ingest/notify/problem_news.ts";
import type { Teller } from "../../ingest/notify/problem_watch.ts";

/** What follows a problem belongs to it: so long it is waited for before the archive is written. */
const SETTLE_MS = 5_000;
/** Archives overlap by their minutes: another one is written no sooner than so long after the last. */
const PAUSE_MS = 60_000;
/** Problems that are remembered as told; of more the oldest go. */
const KNOWN_MAX = 10_000;

/** Who is told, and what is kept. */
export interface TriggersOptions {
  clock: Clock;
  tellers: readonly Teller[];
  /** Writes the last minutes, of which `news` is the reason. What goes wrong is its own to say. */
  keep(news: readonly News[]): Promise<void>;
}

/** News of all incidents of a recorder, where one goes on in the next. */
export class Triggers implements Teller {
  /** Ids of problems that were told, and whether each is healed. */
  readonly #known = new Map<string, boolean>();
  #waiting: News[] = [];
  #cancel: (() => void) | undefined;
  #keeping: Promise<void> | undefined;
  #keptMs = -Infinity;

  constructor(readonly options: TriggersOptions) {}

  tell(...[incident, report, news]: Parameters<Teller["tell"]>): void {
    const fresh = this.take(news);
    if (fresh.length === 0) return;
    for (const teller of this.options.tellers) teller.tell(incident, report, fresh);
    this.#await();
  }

  /** What of it is news at all; it waits to be kept. */
  take(news: readonly News[]): News[] {
    const fresh = [...Map.groupBy(news, ({ problem }) => problem.id).values()]
      .flatMap((of) => this.#fresh(of));
    this.#waiting.push(...fresh.filter(({ event }) => event !== "problem.healed"));
    return fresh;
  }

  /** Keeps what waits to be kept, now. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#keeping;
    await this.#keep();
  }

  close(): void {
    this.#cancel?.();
    for (const teller of this.options.tellers) teller.close();
  }

  /** Of one problem. In the next incident it opens again when it was in the last one. */
  #fresh(news: readonly News[]): News[] {
    const { problem } = news.at(-1)!;
    const wasHealed = this.#known.get(problem.id);
    const isHealed = problem.state === "healed";
    // Anew at the end of the list: what was seen for the longest time goes first.
    this.#known.delete(problem.id);
    this.#known.set(problem.id, isHealed);
    if (this.#known.size > KNOWN_MAX) this.#known.delete(this.#known.keys().next().value!);
    if (wasHealed === undefined) return [...news];
    if (wasHealed === isHealed) return [];
    return [{ event: isHealed ? "problem.healed" : "problem.reopened", problem }];
  }

  #await(): void {
    if (this.#waiting.length === 0 || this.#cancel !== undefined) return;
    const { clock } = this.options;
    const pauseMs = this.#keptMs + PAUSE_MS - clock.monotonicMs();
    this.#cancel = clock.after(Math.max(SETTLE_MS, pauseMs), () => {
      this.#cancel = undefined;
      this.#keeping = this.#keep();
    });
  }

  async #keep(): Promise<void> {
    const news = this.#waiting;
    this.#waiting = [];
    if (news.length === 0) return;
    this.#keptMs = this.options.clock.monotonicMs();
    await this.options.keep(news);
  }
}
