/** What got its answer, by the end that was asked. */
import type { Exchange } from "../event/report.ts";
import { commonName, endPoint, named } from "../words/ends.ts";
import { exchangeNoun } from "../words/problem.ts";

/** An end that answered. */
export interface AnsweringEnd {
  protocol: string;
  /** Its name where it has one, its address and port; not escaped. */
  end: string;
  /** What is counted: connections, echoes … */
  noun: string;
  /** How many got their answer and belong to no problem. */
  exchanges: number;
  /** Of how many clients. */
  clients: number;
  /** All that was asked of it did. */
  isWhole: boolean;
}

/** The ends of which at least one exchange got its answer, in the order of the report. */
export function answeringEnds(exchanges: readonly Exchange[]): AnsweringEnd[] {
  const byEnd = Map.groupBy(
    exchanges,
    ({ protocol, server }) => `${protocol} ${endPoint(server.address, server.port)}`,
  );
  return [...byEnd.values()].flatMap((all) => {
    const well = all.filter(({ outcome, problem }) =>
      outcome === "answered" && problem === undefined
    );
    const [first] = well;
    if (first === undefined) return [];
    return [{
      protocol: first.protocol,
      end: named(
        endPoint(first.server.address, first.server.port),
        commonName(well.map(({ server }) => server.name)),
        (name) => name,
      ),
      noun: exchangeNoun(first.protocol),
      exchanges: well.length,
      clients: new Set(well.map(({ client }) => client.address)).size,
      isWhole: well.length === all.length,
    }];
  });
}
