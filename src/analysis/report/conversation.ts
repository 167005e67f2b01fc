/**
 * Families of flows that may be of one exchange, and what is concluded of them. Like a family's, it rests
 * on its own packets and on what it asks, and stays until one of these changes. Rule D5.
 */
import type { FilterNode } from "../../event/filter/mod.ts";
import type { Cause, Exchange as ExchangeReport, Flow } from "../../event/report.ts";
import { speaksForNoOther } from "../../event/gaps.ts";
import { countOf, type ToldOneByOne } from "../count/flow_count.ts";
import { countedTroubles } from "../count/troubles.ts";
import { type Exchange, joinedFlows } from "../exchange/exchange.ts";
import { judgeExchanges } from "../exchange/judge.ts";
import { keyOf } from "../problem/fold.ts";
import { type Passed, passedAmong } from "../problem/passing.ts";
import { allAsked } from "../problem/asked.ts";
import { shownTroubles } from "../problem/shown_trouble.ts";
import { type Troubles, troublesOfShown } from "../problem/trouble.ts";
import { type ExchangeFindings, findingsOf } from "../rules/exchange_causes.ts";
import { type FlowVerdict, verdictOf } from "../rules/flow_causes.ts";
import type { Family } from "../verdict/family.ts";
import { type FlowGroup, flowOrder } from "../verdict/flows.ts";
import { isWanted } from "../verdict/incident.ts";
import type { Judgement, World } from "../verdict/judgement.ts";
import type { Others } from "../verdict/others.ts";
import type { AllWithheld } from "../verdict/withheld.ts";
import { type Doubter, noted, Questions } from "../view/asked.ts";
import type { Asides } from "../view/evidence.ts";
import { exchangeReport } from "./exchange_report.ts";
import { flowReport } from "./flow_report.ts";

/** What conversations are concluded by, beside their packets. */
export interface Surroundings {
  world: () => World;
  others: Others;
  evidence: Asides;
  filter: FilterNode;
  withheld: AllWithheld;
}

/** What is concluded of a conversation. It has nothing that its families would have to be awake for. */
export interface Told {
  exchanges: readonly ExchangeReport[];
  flows: Flow[];
  troubles: Troubles;
  passed: Passed;
}

/** Some families of an incident. */
export class Conversation implements Doubter {
  #asked = new Questions(this);
  told: Told | null = null;

  /** `inDoubt`: conversations that may be stale, where it puts itself. */
  constructor(
    readonly families: readonly Family[],
    readonly inDoubt: { add: (conversation: Conversation) => void },
  ) {}

  /** It may be stale. */
  doubted(): void {
    this.inDoubt.add(this);
  }

  /** [D10] It tells that nothing has come of a question yet: whether anything does is news. */
  get isUrgent(): boolean {
    const { exchanges = [], flows = [] } = this.told ?? {};
    return exchanges.length > 0 && exchanges.every(({ outcome }) => outcome === "in-flight") &&
      flows.every(({ replyOf }) => replyOf === undefined);
  }

  /** What is concluded has to be concluded again. */
  isStale(): boolean {
    return this.told === null || !this.#asked.hold();
  }

  /** Nobody asks for it any more. */
  end(): void {
    this.#asked.end();
  }

  /** Concludes it. */
  tell(surroundings: Surroundings): void {
    this.#asked = new Questions(this);
    this.told = noted(this.#asked, () => this.#conclude(surroundings));
  }

  #conclude({ world: newWorld, others, evidence, filter, withheld }: Surroundings): Told {
    const world = newWorld();
    const all = this.families.flatMap((family) => family.judged(world, others).flows)
      .sort(flowOrder);
    const exchanges = judgeExchanges(
      all,
      { evidence, network: world.network },
      (flow) => withheld.ofFlow(flow),
    )
      .filter((exchange) => filter.kind === "all" || isWanted(formsOf(exchange), filter));
    const found = new Map(exchanges.map((exchange) => [
      exchange,
      findingsOf({ exchange, world, evidence }),
    ]));
    const strays = causesOfStrays(found);
    const belonging = new Set(exchanges.flatMap(joinedFlows));
    const verdicts = all
      .filter((flow) => belonging.has(flow) || isWanted(flow.forms.values(), filter))
      .map((flow) => verdictOf(flow, { world, evidence, strays }, withheld.ofFlow(flow)));
    const shown = shownTroubles(found, verdicts);
    const counts = new Map(
      verdicts.map((verdict) => [
        verdict,
        countOf(verdict.group, world.network, toldOneByOne(verdict), world),
      ]),
    );
    const counted = countedTroubles(counts, shown);
    const asked = allAsked(exchanges);
    const troubles = troublesOfShown(shown, counted, asked);
    for (const trouble of troubles.all) keyOf(trouble);
    return {
      exchanges: exchanges.map((exchange) => exchangeReport(exchange, found.get(exchange)!)),
      flows: verdicts.map((verdict) => flowReport(verdict, counts.get(verdict))),
      troubles,
      passed: passedAmong(asked, verdicts),
    };
  }
}

/** [O31] Of a flow that is told in part, whose packets' silence proves nothing, counts may know the outcome. */
function toldOneByOne({ group, packets, outcome, causes }: FlowVerdict): ToldOneByOne {
  const isOpen = outcome === "unknown" && causes.length === 0 &&
    group.packets.every(({ outcome, gap }) => outcome !== "unknown" || speaksForNoOther(gap));
  return { packets, isOpen };
}

/** Why answers that reached the client from another end were not taken: their exchange tells. */
function causesOfStrays(found: ReadonlyMap<Exchange, ExchangeFindings>): Map<Judgement, Cause> {
  const causes = new Map<Judgement, Cause>();
  for (const [{ misdirected }, { cause, findings }] of found) {
    const why = cause ?? findings[0];
    for (const packet of misdirected) if (why) causes.set(packet, why);
  }
  return causes;
}

/** A filter that any form of the question or an answer fits wants the whole exchange. */
const formsOf = (exchange: Exchange) =>
  joinedFlows(exchange).flatMap(({ forms }: FlowGroup) => [...forms.values()]);
