/** What the list needs to know of a group, worked out once, because a group is never changed in place. Pure. */
import type { Problem } from "../../event/report.ts";
import { namesOf } from "../../event/filter/mod.ts";
import type { Extent } from "../../event/sequence.ts";
import { clientOf, type Group, isWell, outcomeOf, problemIdsOf, serviceOf } from "./groups.ts";

/** A group, and what the list counts and sorts it by. */
export interface Entry {
  readonly group: Group;
  readonly extent: Extent;
  /** Outcomes by which the filter finds it. */
  readonly outcomes: ReadonlySet<string>;
  /** Ids of problems that it is part of, that of its exchange first. */
  readonly problems: readonly string[];
  readonly protocol: string;
  readonly client: string;
  /** In the stretch of time that the reader looks at. */
  isWithin: boolean;
  /** Within, and as the reader's filter and problem want it. */
  isListed: boolean;
  /** Part of a problem whose outcome is known. */
  isFailing: boolean;
  /** Which bucket it is in; null while it is not listed. */
  bucket: string | null;
}

/** Pixels: a row with a cause or a gap has two more lines. */
const ROW_HEIGHT = { plain: 52, withCause: 92 };

/** Pixels of the row of a fold. */
export const FOLD_HEIGHT = ROW_HEIGHT.plain;

/** Pixels of the row of a flow of a group, by its index in it. */
export function rowHeight({ exchange, flows }: Group, index: number): number {
  const flow = flows[index]!;
  const own = index === 0 ? exchange : undefined;
  const hasWhy = flow.cause ?? flow.gap ?? own?.cause ?? own?.gap;
  return hasWhy === undefined ? ROW_HEIGHT.plain : ROW_HEIGHT.withCause;
}

/** The entry of a group that is not listed yet. */
export function entryOf(group: Group): Entry {
  const { flows, exchange } = group;
  const names = flows.flatMap((flow) => namesOf("outcome", flow, exchange));
  return {
    group,
    extent: {
      rows: flows.length,
      height: flows.reduce((sum, _, i) => sum + rowHeight(group, i), 0),
    },
    outcomes: new Set(names.filter((name) => name !== undefined)),
    problems: problemIdsOf(group),
    protocol: flows[0]!.protocol,
    client: clientOf(group),
    isWithin: false,
    isListed: false,
    isFailing: false,
    bucket: null,
  };
}

/** What a bucket of the list is for: groups that are told together. */
export interface Kind {
  key: string;
  /** Of a problem, of nothing that is told together, or of a service that is well. */
  section: 0 | 1 | 2;
  /** Id of the problem, in section 0. */
  problem?: string;
  outcome: string;
}

/** All that is listed, where nothing is folded. */
export const PLAIN: Kind = { key: "all", section: 1, outcome: "" };
/** What is neither well nor of a known problem: it is told one by one. */
const ALONE: Kind = { key: "alone", section: 1, outcome: "" };

/** How a group is told: with the first problem of it that is known, alone, or with what is well like it. */
export function kindOf(
  { group, problems }: Entry,
  known: ReadonlyMap<string, Problem>,
): Kind {
  const problem = problems.find((id) => known.has(id));
  const outcome = outcomeOf(group);
  if (problem !== undefined) return { key: `problem ${problem}`, section: 0, problem, outcome };
  if (!isWell(group)) return ALONE;
  const { protocol, end } = serviceOf(group);
  return { key: `well ${outcome} ${protocol} ${end}`, section: 2, outcome };
}
