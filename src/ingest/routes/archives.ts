/** Operations on an incident as one file. */
import { z } from "zod";
import { principalOf } from "../access/auth.ts";
import { visibleIncident } from "../access/named_incident.ts";
import { archiveFile } from "../archive/archive.ts";
import { importArchive } from "../archive/import.ts";
import { encodingOf } from "../http/body.ts";
import { BatchAnswer } from "../intake/accept.ts";
import { json, type Operation } from "./operation.ts";
import { count } from "./schema_parts.ts";
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

/** Export to a file and import from one. */
export const ARCHIVE_OPERATIONS: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/incidents/{id}/archive",
    summary: "The incident as one gzip file",
    role: "viewer",
    audit: "archive.read",
    answer: { status: 200, description: "The file", type: "application/gzip" },
    async handle({ c, id, deps }) {
      const incident = await visibleIncident(deps, id);
      const file = archiveFile(deps.store, incident) as ReadableStream<Uint8Array<ArrayBuffer>>;
      return c.body(file, 200, {
        "content-type": "application/gzip",
        "content-disposition": `attachment; filename="${id}.lasthop.gz"`,
      });
    },
  },
  {
    method: "post",
    path: "/v1/incidents/{id}/archive",
    summary: "Create an incident from an archive; `partial=1` takes what is whole of a cut one",
    role: "operator",
    tokenFor: "all",
    audit: "archive.import",
    query: ["partial"],
    body: { type: "application/gzip", description: "The file, compressed or not" },
    answer: json(201, ImportAnswer, "What was imported"),
    async handle({ c, id, deps, metrics, bodies }) {
      encodingOf(c.req.header("content-encoding"));
      const partial = c.req.query("partial") === "1";
      const answer = await bodies.hold(
        principalOf(c).id,
        () => importArchive(deps, metrics, id, c.req.raw.body, partial),
      );
      const incident = shown(await visibleIncident(deps, id));
      return c.json({ ...answer, incident }, 201, { location: `/v1/incidents/${id}` });
    },
  },
];
