/**
 * The OpenAPI 3.1 document, from the tables of operations and the zod schemas that validate. Written by
 * hand rather than with @hono/zod-openapi: bodies here are streams of lines which that can't
 * validate, and it would add half a megabyte to a Worker.
 */
import { z } from "zod";
import { BatchHeader } from "../../event/batch.ts";
import { EventSchema } from "../../event/event_schema.ts";
import {
  Buckets,
  Cause,
  Change,
  Encapsulation,
  End,
  EndPoints,
  Evidence,
  Exchange,
  Flow,
  FlowPackets,
  Hop,
  NearChange,
  PacketCounts,
  Problem,
  Report,
  ReportNode,
  Script,
} from "../../event/report.ts";
import { NetnsState } from "../../event/state.ts";
import { ArchiveHeader } from "../archive/archive.ts";
import { ProblemBody } from "../http/problem.ts";
import { BatchAnswer } from "../intake/accept.ts";
import { BatchLines, RelayedAnswer, RelayedLines } from "./batches.ts";
import { SenderLine } from "../intake/sender_lines.ts";
import { ArchiveFile, ImportAnswer } from "./archives.ts";
import { Audit, ShownAuditEntry } from "./audit.ts";
import { CloseIncident, CreateIncident, IncidentList, SetShards } from "./incidents.ts";
import { Joined, JoinIncident, NodeList } from "./join.ts";
import { type Operation, pathParameters } from "./operation.ts";
import { Overview } from "./overview.ts";
import { NamesAnswer } from "./names.ts";
import { SecretAnswer } from "./secret.ts";
import { ProblemList } from "./problems.ts";
import { LINES } from "./schema_parts.ts";
import { ShownIncident } from "./shown_incident.ts";
import { CreateToken, MintedToken, ShownToken, TokenList } from "./tokens.ts";

/** Schemas that have a name in the document, in its order. */
const COMPONENTS: Record<string, z.ZodType> = {
  Report,
  ReportNode,
  Script,
  Flow,
  Hop,
  Encapsulation,
  Cause,
  Evidence,
  EndPoints,
  End,
  PacketCounts,
  FlowPackets,
  Buckets,
  Exchange,
  Problem,
  Change,
  NearChange,
  NamesAnswer,
  SecretAnswer,
  ProblemList,
  BatchLines,
  SenderLine,
  RelayedLines,
  BatchHeader,
  Event: EventSchema,
  NetnsState,
  ArchiveFile,
  ArchiveHeader,
  CloseIncident,
  CreateIncident,
  SetShards,
  Incident: ShownIncident,
  Overview,
  IncidentList,
  BatchAnswer,
  RelayedAnswer,
  ImportAnswer,
  CreateToken,
  Token: ShownToken,
  MintedToken,
  TokenList,
  AuditEntry: ShownAuditEntry,
  JoinIncident,
  Joined,
  NodeList,
  Audit,
  ProblemDetails: ProblemBody,
};

type Json = Record<string, unknown>;

/** The JSON Schema (2020-12) of a report on its own. Open: fields may be added to a report. */
export function reportSchema(): Json {
  const { $schema, ...schema } = z.toJSONSchema(Report, { reused: "ref", io: "input" });
  return { $schema, $id: "urn:lasthop:report:1", title: "lasthop report, version 1", ...schema };
}

/** The OpenAPI document of these operations. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ??= {};
    path[operation.method] = operationObject(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "lasthop ingest",
      version: "1",
      description: "Probes POST batches of events, reports say which hop was the last. " +
        "See docs/http.md.",
    },
    servers: [{ url: "/", description: "The ingest that answered with this document" }],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      responses: {
        Refused: {
          description: "Refused; `code` says why",
          content: { "application/problem+json": { schema: ref(ProblemBody) } },
        },
      },
    },
  };
}

const REFUSED = { $ref: "#/components/responses/Refused" };

const NAMES: ReadonlyMap<z.ZodType, string> = new Map(
  Object.entries(COMPONENTS).map(([name, schema]) => [schema, name]),
);

function ref(schema: z.ZodType): Json {
  const name = NAMES.get(schema);
  if (name === undefined) throw new Error("An operation's schema has no name among the components");
  return { $ref: `#/components/schemas/${name}` };
}

/** Inputs and outputs alike: a u64 is text on the wire, whatever it becomes inside. */
function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    unrepresentable: "any",
    io: "input",
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => {
      const lines = LINES.get(COMPONENTS[id]!);
      return [id, lines === undefined ? schema : linesSchema(lines)];
    }),
  );
}

const linesSchema = (lines: z.ZodType[]): Json => ({
  type: "string",
  contentMediaType: "application/x-ndjson",
  contentSchema: { description: "Of each line", anyOf: lines.map(ref) },
});

function operationObject(operation: Operation): Json {
  const { operationId, summary, role, audit, body, answer, query = {}, headers = [] } = operation;
  const parameter = (where: string) => (name: string) => ({
    name,
    in: where,
    required: where === "path",
    schema: { type: "string" },
  });
  const parameters = [
    ...pathParameters(operation).map(parameter("path")),
    ...Object.entries(query).map(queryParameter),
    ...headers.map(parameter("header")),
  ];
  const success: Json = { description: answer.description };
  if (answer.type !== undefined) {
    const schema = answer.schema === undefined ? { type: "string" } : ref(answer.schema);
    const other = { schema: { type: "string" } };
    const others = (answer.otherTypes ?? []).map((type) => [type, other]);
    success.content = { [answer.type]: { schema }, ...Object.fromEntries(others) };
  }
  return {
    operationId,
    summary,
    description: (role === null ? "No token needed." : `Role: ${role}.`) +
      (audit === null ? "" : ` In the audit: ${audit}.`),
    security: role === null ? [] : [{ token: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: {
      [answer.status]: success,
      "4XX": REFUSED,
      "5XX": REFUSED,
    },
  };
}

/** What a parameter becomes tells what it is: on the wire all are text. */
function queryParameter([name, schema]: [string, z.ZodType]): Json {
  const shape = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" });
  const { $schema: _, description, ...rest } = shape;
  return { name, in: "query", required: false, description, schema: rest };
}

function requestBody({ type, schema, description }: NonNullable<Operation["body"]>): Json {
  const content = schema === undefined ? { type: "string" } : ref(schema);
  return { required: true, description, content: { [type]: { schema: content } } };
}
