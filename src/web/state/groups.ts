/** Flows that belong together, and what can be said of them together. Pure. */
import type { Exchange, Flow, Problem } from "../../event/report.ts";
import { endPoint } from "../../words/ends.ts";

/** A question's flow and those that answer it; of flows of no exchange, those that belong together. */
export interface Group {
  exchange?: Exchange;
  flows: Flow[];
}

/** Ids of the problems that a group is part of. */
export const problemIdsOf = ({ exchange, flows }: Group): string[] => [
  ...exchange?.problem === undefined ? [] : [exchange.problem],
  ...flows.flatMap(({ problems = [] }) => problems),
];

/** Whether a group is part of one of these problems. */
export const isOfProblem = (group: Group, ids: ReadonlySet<string>): boolean =>
  problemIdsOf(group).some((id) => ids.has(id));

/** What came of a group: of its exchange, else of its first flow. */
export const outcomeOf = ({ exchange, flows }: Group): string =>
  exchange?.outcome ?? flows[0]!.outcome;

/** The service of a group: `tcp 10.96.0.10:80`. */
export function serviceOf({ exchange, flows }: Group): { protocol: string; end: string } {
  const [{ protocol, destination, destinationPort }] = flows as [Flow];
  const end = exchange === undefined
    ? endPoint(destination, destinationPort)
    : endPoint(exchange.server.address, exchange.server.port);
  return { protocol, end };
}

/** The address that asked. */
export const clientOf = ({ exchange, flows }: Group): string =>
  exchange?.client.address ?? flows[0]!.source;

const WELL: ReadonlySet<string> = new Set(["answered", "delivered", "in-flight"]);

/** Whether nothing is wrong with a group, as far as is known. */
export const isWell = (group: Group): boolean =>
  WELL.has(outcomeOf(group)) && group.exchange?.cause === undefined &&
  group.flows.every(({ outcome, cause }) => WELL.has(outcome) && cause === undefined);

/** The one known problem that a group is told with; undefined for none. */
export const mainProblem = (
  group: Group,
  known: ReadonlyMap<string, Problem>,
): Problem | undefined => problemIdsOf(group).map((id) => known.get(id)).find(Boolean);
