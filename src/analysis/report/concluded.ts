/** What was concluded of an incident, from one report to the next, with packets that were never made. Rule D5. */
import { OUTCOMES } from "../../event/codes.ts";
import type { FilterNode } from "../../event/filter/mod.ts";
import type { Exchange, Flow } from "../../event/report.ts";
import type { Change } from "../problem/course.ts";
import type { Passed } from "../problem/passing.ts";
import { neverMadeTroubles } from "../problem/never_made.ts";
import type { Trouble } from "../problem/trouble.ts";
import type { Asides } from "../view/evidence.ts";
import { AllUnsent } from "./all_unsent.ts";
import type { Told } from "./conversation.ts";
import { unsentExchange, withUnsentAnswer, worstExchangeFirst } from "./exchange_report.ts";
import { type Difference, Shown } from "./shown.ts";
import { neverMade, type Unsent } from "./unsent.ts";

/** What is other than before. */
export interface ConcludedChange {
  /** Ids of flows and exchanges. */
  ids: Set<string>;
  troubles: Change<Trouble>;
  passed: Change<Passed>;
}

/** Flows, exchanges and troubles of one incident. */
export class Concluded {
  readonly flows = new Shown<Flow>(worstFirst);
  readonly exchanges = new Shown<Exchange>(worstExchangeFirst);
  /** By the id of a flow. */
  readonly #toldOf = new Map<string, Told>();
  /** By the id of its question. */
  readonly #exchangeOf = new Map<string, Exchange>();
  readonly #allUnsent = new AllUnsent();
  #unsent: readonly Unsent[] = [];
  readonly #questions = new Map<string, Unsent>();
  /** By the question that they would have answered. */
  readonly #answers = new Map<string, Unsent>();
  #made: readonly Trouble[] = [];
  #silenced: ReadonlySet<Trouble> = new Set();

  /** Takes what was concluded anew. */
  take(told: Difference<Told>, evidence: Asides, filter: FilterNode): ConcludedChange {
    const ids = new Set<string>();
    this.#takeFlows(told, ids);
    const before = this.#unsent;
    this.#unsent = this.#allUnsent.tell(evidence, filter);
    if (before !== this.#unsent) this.#takeUnsent(before, ids);
    this.#takeExchanges(ids);
    const passed = {
      gone: told.gone.map((each) => each.passed),
      come: told.come.map((each) => each.passed),
    };
    return { ids, troubles: this.#troubles(told, before !== this.#unsent), passed };
  }

  #takeFlows({ gone, come }: Difference<Told>, ids: Set<string>): void {
    const flows = (all: readonly Told[]) => all.flatMap((told) => told.flows);
    const change = { gone: flows(gone), come: flows(come) };
    this.#allUnsent.change(change);
    this.flows.change(change);
    for (const told of gone) {
      for (const { id } of told.flows) if (this.#toldOf.get(id) === told) this.#toldOf.delete(id);
      for (const exchange of told.exchanges) {
        const { id } = exchange;
        if (this.#exchangeOf.get(id) === exchange) this.#exchangeOf.delete(id);
        ids.add(id);
      }
    }
    for (const told of come) {
      for (const { id } of told.flows) this.#toldOf.set(id, told);
      for (const exchange of told.exchanges) {
        this.#exchangeOf.set(exchange.id, exchange);
        ids.add(exchange.id);
      }
    }
    for (const { id } of [...change.gone, ...change.come]) ids.add(id);
  }

  #takeUnsent(before: readonly Unsent[], ids: Set<string>): void {
    const flowsOf = (all: readonly Unsent[]) => all.map(({ flow }) => flow);
    this.flows.change({ gone: flowsOf(before), come: flowsOf(this.#unsent) });
    for (const { flow } of [...before, ...this.#unsent]) {
      ids.add(flow.id).add(flow.replyOf ?? flow.id);
    }
    this.#questions.clear();
    this.#answers.clear();
    for (const unsent of this.#unsent) {
      const { id, replyOf } = unsent.flow;
      if (replyOf === undefined) this.#questions.set(id, unsent);
      else if (!this.#answers.has(replyOf)) this.#answers.set(replyOf, unsent);
    }
  }

  #takeExchanges(ids: Iterable<string>): void {
    const [gone, come]: [Exchange[], Exchange[]] = [[], []];
    for (const id of ids) {
      const before = this.exchanges.get(id);
      const now = this.#exchange(id);
      if (before) gone.push(before);
      if (now) come.push(now);
    }
    this.exchanges.change({ gone, come });
  }

  /** An exchange may have failed because a packet of it was never made. */
  #exchange(id: string): Exchange | null {
    const told = this.#exchangeOf.get(id);
    const question = this.#questions.get(id);
    if (!told) return question ? unsentExchange(question) : null;
    const answer = this.#answers.get(id);
    return answer ? withUnsentAnswer(told, answer.flow) : told;
  }

  #troubles({ gone, come }: Difference<Told>, isOther: boolean): Change<Trouble> {
    const change: Change<Trouble> = { gone: [], come: [] };
    const [made, silenced] = [this.#made, this.#silenced];
    if (isOther || (this.#unsent.length > 0 && gone.length + come.length > 0)) {
      const now = neverMadeTroubles(
        this.#unsent.map(neverMade),
        (flow) => this.#toldOf.get(flow)?.troubles,
      );
      this.#made = now.troubles;
      this.#silenced = now.silenced;
      change.gone.push(...made);
      change.come.push(...now.troubles);
    }
    const over = new Set<Trouble>();
    for (const trouble of gone.flatMap(({ troubles }) => troubles.all)) {
      over.add(trouble);
      if (!silenced.has(trouble)) change.gone.push(trouble);
    }
    const fresh = new Set<Trouble>();
    for (const trouble of come.flatMap(({ troubles }) => troubles.all)) {
      fresh.add(trouble);
      if (!this.#silenced.has(trouble)) change.come.push(trouble);
    }
    for (const trouble of this.#silenced) {
      if (!silenced.has(trouble) && !fresh.has(trouble)) change.gone.push(trouble);
    }
    for (const trouble of silenced) {
      if (!this.#silenced.has(trouble) && !over.has(trouble)) change.come.push(trouble);
    }
    return change;
  }
}

function worstFirst(a: Flow, b: Flow): number {
  const order = OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome);
  if (order !== 0) return order;
  const bad = (flow: Flow) => flow.packets.seen - flow.packets.delivered;
  return bad(b) - bad(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
