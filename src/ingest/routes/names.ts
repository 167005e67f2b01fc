/** What names of a filter mean, for probes that have no cluster to ask. */
import { z } from "zod";
import { FILTER_LENGTH_MAX, parseNamedFilter } from "../../event/filter/mod.ts";
import { TOLD_PLACES_MAX, ToldPlace } from "../../event/filter/told_places.ts";
import { visibleIncident } from "../access/named_incident.ts";
import { json, type Operation, withQuery } from "./operation.ts";

/** What a cluster's API has for the names of a filter. */
export const NamesAnswer = z.object({
  /** This ingest asks a cluster. Without one it knows no names, and asking again is of no use. */
  asked: z.boolean(),
  /** Only those that the filter names. */
  places: z.array(ToldPlace).max(TOLD_PLACES_MAX),
});

/** What a cluster's API has for the names of a filter. */
export type NamesAnswer = z.infer<typeof NamesAnswer>;

function isReadable(text: string): boolean {
  try {
    return parseNamedFilter(text) !== null;
  } catch {
    return false;
  }
}

const QUERY = {
  filter: z.string().max(FILTER_LENGTH_MAX)
    .refine(isReadable, { error: "must be a filter of packets" })
    .describe("The probe's filter, with its names"),
};

/** The operation. */
export const NAMES_OPERATIONS: readonly Operation[] = [
  withQuery({
    method: "get",
    operationId: "readNames",
    path: "/v1/incidents/{id}/names",
    summary: "What the names of a filter mean, where the ingest asks a cluster's API",
    role: "probe",
    audit: "names.read",
    query: QUERY,
    answer: json(200, NamesAnswer, "The pods, services and nodes that the filter names"),
    async handle(ask) {
      const { c, deps, id, query } = ask;
      await visibleIncident(deps, id);
      const places = deps.names?.(parseNamedFilter(query.filter)) ?? null;
      return c.json({ asked: places !== null, places: places ?? [] } satisfies NamesAnswer);
    },
  }),
];
