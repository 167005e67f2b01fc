/** Whether a problem still is at one place, worked out by what comes and goes. Rule P4. */
import type { ProblemState } from "../../event/report.ts";
import { wallMsAt } from "../view/time_of_day.ts";
import { changeInOrder, Numbers } from "../view/ordered.ts";
import { Client, inTime, lastSampleOf, type Seen } from "./client.ts";
import { Failures, type Healing, type Prospect, prospectOf } from "./healing.ts";
import type { Pass } from "./passing.ts";
import type { Place } from "./place.ts";
import type { Trouble } from "./trouble.ts";

/** What went, and what came. */
export interface Change<T> {
  gone: T[];
  come: T[];
}

/** What is other of one client. */
interface ClientChange {
  troubles: Change<Trouble>;
  passes: Change<Seen>;
}

/**
 * [P4] Healed is only what failed, and gets through now: who never failed there says nothing of it.
 * Where something of the kind got through between the failures as well, the fault picks: by client, by
 * port, or by chance. Then each client that failed is looked at alone, and so many must get through one
 * after the other that chance does not explain it.
 */
export class CourseAt {
  readonly #failures = new Failures();
  readonly #clients = new Map<string, Client>();
  /** When anything got through that was seen there. */
  readonly #seen = new Numbers();
  /** What got through of clients of which something failed, by time; and when. */
  #own: Seen[] = [];
  readonly #ownAt = new Numbers();
  readonly #undecided = new Numbers();
  /** Until when each client that failed is active, and how many are healed then. */
  readonly #untils = new Numbers();
  #mended = 0;
  /** Until then something may have failed that was not seen, so that what got through does not count. */
  #openAt = -Infinity;
  #told: ProblemState = "active";

  constructor(readonly place: Place) {}

  /** Takes what is other. */
  change(troubles: Change<Trouble>, passes: Change<Pass>, undecided: Change<number>): void {
    this.#failures.change(troubles.gone, troubles.come);
    const seen: Change<Seen> = {
      gone: passes.gone.filter(isSeen),
      come: passes.come.filter(isSeen),
    };
    this.#seen.change(seen.gone.map(({ at }) => at), seen.come.map(({ at }) => at));
    this.#undecided.change(undecided.gone, undecided.come);
    const own: Change<Seen> = { gone: [], come: [] };
    const changes = byClient(troubles, seen);
    for (const [name, change] of changes) this.#changeClient(name, change, own);
    this.#own = changeInOrder(this.#own, inTime, own.gone, own.come);
    this.#ownAt.change(own.gone.map(({ at }) => at), own.come.map(({ at }) => at));
    if (!this.#failures.isNone) this.#look(new Set(changes.keys()));
  }

  #changeClient(name: string, { troubles, passes }: ClientChange, own: Change<Seen>): void {
    let client = this.#clients.get(name);
    if (!client) this.#clients.set(name, client = new Client());
    const hadFailed = !client.failures.isNone;
    const before = client.passes.slice();
    client.failures.change(troubles.gone, troubles.come);
    client.pass(passes.gone, passes.come);
    const hasFailed = !client.failures.isNone;
    if (hadFailed && hasFailed) {
      for (const pass of passes.gone) own.gone.push(pass);
      for (const pass of passes.come) own.come.push(pass);
    } else if (hadFailed) { for (const pass of before) own.gone.push(pass); }
    else if (hasFailed) { for (const pass of client.passes) own.come.push(pass); }
  }

  /** Looks again at these clients, and at those for which more or less counts than before. */
  #look(clients: Set<string>): void {
    const openAt = Math.max(this.#failures.at.last!, this.#undecided.last ?? -Infinity);
    const bounds = [openAt, this.#openAt].map((at) => this.#ownAt.upTo(at)).sort((a, b) => a - b);
    for (const { client } of this.#own.slice(...bounds)) clients.add(client);
    this.#openAt = openAt;
    const untils: Change<number> = { gone: [], come: [] };
    for (const name of clients) {
      const client = this.#clients.get(name)!;
      const before = client.prospect;
      client.prospect = client.look(openAt);
      if (before) untils.gone.push(before.until);
      if (client.prospect) untils.come.push(client.prospect.until);
      this.#mended += Number(client.prospect?.then === "healed") -
        Number(before?.then === "healed");
      if (client.isNone) this.#clients.delete(name);
    }
    this.#untils.change(untils.gone, untils.come);
  }

  /** What is expected: of all of it where nothing got through between, else of each client. */
  get #prospect(): Prospect {
    const { first, last } = this.#failures.at;
    const isTotal = this.#seen.below(last!) <= this.#seen.upTo(first!);
    if (!isTotal) {
      return { until: this.#untils.last!, then: this.#mended > 0 ? "healed" : "ended" };
    }
    const since = this.#ownAt.length - this.#ownAt.upTo(this.#openAt);
    return prospectOf(this.#failures, { between: 0, since, lastSample: lastSampleOf(this.#own) });
  }

  get #since(): number {
    return this.#ownAt.length - this.#ownAt.upTo(this.#failures.at.last!);
  }

  get #state(): ProblemState {
    const { until, then } = this.#prospect;
    if (this.place.node.untilAt <= until) return "active";
    return then === "healed" && this.#since > 0 ? "healed" : "ended";
  }

  /** Whether the state that was told last is another by now. */
  isOver(): boolean {
    return this.#state !== this.#told;
  }

  /** What is known of its end now; it has failures. */
  tell(): Healing {
    const state = this.#told = this.#state;
    const { place } = this;
    const { first, last } = this.#failures.at;
    const before = this.#seen.below(first!);
    const healed = state === "healed" ? this.#ownAt.items[this.#ownAt.upTo(last!)] : undefined;
    return {
      state,
      courses: [{
        place,
        first: first!,
        last: last!,
        ...(before === 0 ? {} : { passedBefore: this.#seen.items[before - 1]! }),
        ...(healed === undefined ? {} : { healed }),
      }],
      ...(healed === undefined ? {} : { healedMs: wallMsAt(place.node, healed) }),
      deliveredSince: this.#since,
    };
  }
}

const isSeen = (pass: Pass): pass is Seen => pass.at !== null;

function byClient(troubles: Change<Trouble>, passes: Change<Seen>): Map<string, ClientChange> {
  const changes = new Map<string, ClientChange>();
  const of = (client: string) => {
    let change = changes.get(client);
    if (!change) {
      change = { troubles: { gone: [], come: [] }, passes: { gone: [], come: [] } };
      changes.set(client, change);
    }
    return change;
  };
  for (const way of ["gone", "come"] as const) {
    for (const trouble of troubles[way]) of(trouble.client).troubles[way].push(trouble);
    for (const pass of passes[way]) of(pass.client).passes[way].push(pass);
  }
  return changes;
}
