/** Operations on an incident as one file. */
import { z } from "zod";
import { BatchHeader } from "../../event/batch.ts";
import { EventSchema } from "../../event/event_schema.ts";
import { NetnsState } from "../../event/state.ts";
import { principalOf } from "../access/auth.ts";
import { visibleIncident } from "../access/named_incident.ts";
import { archiveFile, ArchiveHeader } from "../archive/archive.ts";
import { heldAnswer } from "../http/large_answer.ts";
import { sendingOf } from "./reports.ts";
import { importArchive } from "../archive/import.ts";
import { encodingOf } from "../http/body.ts";
import { BatchAnswer } from "../intake/accept.ts";
import { json, type Operation, withQuery } from "./operation.ts";
import { count, linesOf } from "./schema_parts.ts";
import { shown, ShownIncident } from "./shown_incident.ts";

/** What was imported. */
export const ImportAnswer = BatchAnswer.extend({
  incident: ShownIncident,
  /** Batches the archive says it holds, and whether all of them were there. */
  expected: count,
  complete: z.boolean(),
});

/** What was imported. */
export type ImportAnswer = z.infer<typeof ImportAnswer>;

/** The file of an incident, inside of its compression. */
export const ArchiveFile = linesOf(ArchiveHeader, BatchHeader, EventSchema, NetnsState);

/** Export to a file and import from one. */
export const ARCHIVE_OPERATIONS: readonly Operation[] = [
  {
    method: "get",
    operationId: "exportArchive",
    path: "/v1/incidents/{id}/archive",
    summary: "The incident as one gzip file",
    role: "viewer",
    audit: "archive.read",
    answer: {
      status: 200,
      description: "The file",
      type: "application/gzip",
      schema: ArchiveFile,
    },
    async handle(ask) {
      const { c, id, deps } = ask;
      const incident = await visibleIncident(deps, id);
      const open = () =>
        archiveFile(deps.store, incident) as ReadableStream<Uint8Array<ArrayBuffer>>;
      return c.body(await heldAnswer(open, sendingOf(ask)), 200, {
        "content-type": "application/gzip",
        "content-disposition": `attachment; filename="${id}.lasthop.gz"`,
      });
    },
  },
  withQuery({
    method: "post",
    operationId: "importArchive",
    path: "/v1/incidents/{id}/archive",
    summary: "Create an incident from an archive; `partial=1` takes what is whole of a cut one",
    role: "operator",
    tokenFor: "all",
    audit: "archive.import",
    query: {
      partial: z.enum(["0", "1"]).optional().describe("1: takes what is whole of a cut archive"),
    },
    body: { type: "application/gzip", schema: ArchiveFile, description: "Compressed or not" },
    answer: json(201, ImportAnswer, "What was imported"),
    async handle({ c, id, deps, metrics, bodies, query }) {
      encodingOf(c.req.header("content-encoding"));
      const answer = await bodies.hold(
        principalOf(c).id,
        () => importArchive(deps, metrics, id, c.req.raw.body, query.partial === "1"),
      );
      const incident = shown(await visibleIncident(deps, id));
      return c.json({ ...answer, incident }, 201, { location: `/v1/incidents/${id}` });
    },
  }),
];
