/** A problem as the report has it. */
import {
  type Exchange,
  type Flow,
  type Problem as ProblemReport,
  PROBLEM_STATES,
  SEVERITIES,
} from "../../event/report.ts";
import type { Change } from "../change/change.ts";
import { hash } from "../kernel/hash.ts";
import { countedAt } from "../count/places.ts";
import type { Healing } from "../problem/healing.ts";
import type { Problem } from "../problem/problem.ts";
import type { Trouble } from "../problem/trouble.ts";
import { type Doubter, noted, Questions } from "../view/asked.ts";
import { bucketsOfBoth, rateOfSorted } from "../view/rate.ts";
import { rfc3339 } from "../view/rfc3339.ts";
import type { ReportedChanges } from "./change_report.ts";
import { hopsOf } from "./path.ts";

/** Addresses of clients that are named. */
const FROM_MAX = 32;

/** What a problem is shown with: flows and exchanges of the same report, by their ids. */
export interface Surroundings {
  flowOf(id: string): Flow | undefined;
  exchangeOf(id: string): Exchange | undefined;
  changes: ReportedChanges;
}

/** A problem, and how it was told last. */
export class ReportedProblem implements Doubter {
  /** Its key alone decides it. */
  readonly id: string;
  report: ProblemReport | null = null;
  /** Changes that it names. */
  named: readonly Change[] = [];
  #asked = new Questions(this);

  /** `inDoubt`: problems that have to be told again, where it puts itself. */
  constructor(readonly problem: Problem, readonly inDoubt: Set<Problem>) {
    this.id = `p${hash(problem.key).toString(16).padStart(16, "0")}`;
  }

  /** What it tells of its place is another by now. */
  doubted(): void {
    this.inDoubt.add(this.problem);
  }

  /** It is no more. */
  end(): void {
    this.#asked.end();
    this.inDoubt.delete(this.problem);
  }

  /** Tells it anew. */
  tell(shown: Surroundings): ProblemReport {
    const healing = this.problem.tell();
    const began = shown.changes.began(healing.courses);
    const mended = shown.changes.mended(healing.courses);
    this.named = [...began.changes, ...mended.changes];
    this.#asked.end();
    this.#asked = new Questions(this);
    const { first } = this.problem;
    const lastHop = noted(this.#asked, () => lastHopOf(first, shown));
    return this.report = {
      ...this.#head(first, healing, shown),
      lastHop,
      ...this.#ends(first, shown),
      ...countedOf(first, this.problem),
      ...times(this.problem, healing),
      ...(began.told.length === 0 ? {} : { began: began.told }),
      ...(mended.told.length === 0 ? {} : { mended: mended.told }),
      ...(healing.state === "active" ? {} : { deliveredSince: healing.deliveredSince }),
      timeline: timeline(this.problem),
      example: first.flow,
      // What is mended needs no command: the rule that it names may be another by now.
      actions: healing.state === "healed" ? [] : causeOf(first, shown)?.remedy ?? [],
    };
  }

  #head(first: Trouble, { state }: Healing, shown: Surroundings) {
    const { outcome, gap } = first;
    const cause = causeOf(first, shown);
    return {
      id: this.id,
      state,
      severity: severityOf(first, this.problem.passed > 0 || this.#mayHaveCome(first, shown)),
      outcome,
      ...(cause ? { cause } : {}),
      ...(gap === undefined ? {} : { gap: gap.slice(0, 500) }),
    };
  }

  /**
   * Of packets that die some came, though perhaps none of them was told; where neither counts nor packets
   * that were told say so of all, nobody knows that none did.
   */
  #mayHaveCome({ outcome, flow }: Trouble, { flowOf }: Surroundings): boolean {
    if (outcome !== "dropped" && outcome !== "vanished") return false;
    const { onlyFlow } = this.problem;
    const { packets } = flowOf(onlyFlow ?? flow) ?? {};
    if (packets?.basis === "counted") return onlyFlow !== undefined && packets.delivered > 0;
    return packets?.basis === "traced" && packets.unknown > 0;
  }

  #ends({ direction, to, protocol }: Trouble, { flowOf }: Surroundings) {
    const { clients, asked, passed, packets, onlyFlow } = this.problem;
    const counted = onlyFlow === undefined ? undefined : flowOf(onlyFlow)?.packets;
    return {
      direction,
      from: clients.slice(0, FROM_MAX),
      to,
      protocol,
      flows: asked,
      clients: clients.length,
      passed,
      packets: counted?.basis === "counted" ? counted : packets,
    };
  }
}

/** Between which places counts know it; nothing where packets show it. */
function countedOf({ counted }: Trouble, { counted: sums }: Problem) {
  if (counted === undefined) return {};
  const [from, to] = [counted.way.at(-1)!, counted.next].map(countedAt);
  return { counted: { ...sums, from: from!, to: to! } };
}

const times = ({ failedMs }: Problem, { healedMs }: Healing) => ({
  firstAt: rfc3339(failedMs.first!),
  lastAt: rfc3339(failedMs.last!),
  ...(healedMs === undefined ? {} : { healedAt: rfc3339(healedMs) }),
});

function timeline({ failedMs, askedMs }: Problem): ProblemReport["timeline"] {
  const [failed, passed] = bucketsOfBoth(rateOfSorted(failedMs), rateOfSorted(askedMs));
  return { failed, passed };
}

/** The cause as the flow or the exchange of the report has it: with what all of them together tell. */
function causeOf({ cause, flow, exchange }: Trouble, { flowOf, exchangeOf }: Surroundings) {
  if (!cause) return undefined;
  const shown = flowOf(flow);
  const all = [
    exchange && exchangeOf(exchange.id)?.cause,
    shown?.cause,
    ...shown?.otherCauses ?? [],
  ];
  return all.find((other) => other?.code === cause.code && other.sentence === cause.sentence) ??
    cause;
}

function lastHopOf({ best, flow, dead, counted, outcome }: Trouble, { flowOf }: Surroundings) {
  if (counted) return hopsOf(counted.way, outcome === "dropped").at(-1)!;
  const shown = flowOf(flow);
  if (best && (dead.length > 0 || !shown)) return hopsOf(best.way, best.isDropped).at(-1)!;
  return shown!.lastHop;
}

function severityOf(
  { outcome, exchange, counted, protocol }: Trouble,
  isPassed: boolean,
): ProblemReport["severity"] {
  if (counted) {
    if (counted.isAll) return "critical";
    // TCP sends again what was lost.
    return protocol === "tcp" ? "minor" : "major";
  }
  if (outcome === "unknown") return "unknown";
  // Its exchange got its answer all the same.
  if (outcome === "slow" || exchange?.isAnswered) {
    return "minor";
  }
  return isPassed ? "major" : "critical";
}

const RANK_OF_STATE = Object.fromEntries(PROBLEM_STATES.map((state, i) => [state, i]));
const RANK_OF_SEVERITY = Object.fromEntries(SEVERITIES.map((severity, i) => [severity, i]));

/** What is active comes first, then what is severe, then what many flows show. */
export function worstProblemFirst(a: ProblemReport, b: ProblemReport): number {
  return RANK_OF_STATE[a.state]! - RANK_OF_STATE[b.state]! ||
    RANK_OF_SEVERITY[a.severity]! - RANK_OF_SEVERITY[b.severity]! ||
    b.flows - a.flows || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
