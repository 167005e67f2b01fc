/** Every operation of the API as the OpenAPI document tells of it. A test holds it to the routes. */
import type { Role } from "../stores/store.ts";

export interface Operation {
  method: "get" | "post" | "delete";
  path: string;
  summary: string;
  /** Role that is enough beside operator; null: no token. */
  role: Role | null;
  /** What the audit calls it; null: it tells nothing of anyone. */
  audit: string | null;
  query?: string[];
  headers?: string[];
  body?: { type: string; schema?: string; description: string };
  answer: { status: number; description: string; type?: string; schema?: string };
}

const JSON_TYPE = "application/json";

/** A success that is JSON. */
const json = (status: number, schema: string, description: string) => ({
  status,
  description,
  type: JSON_TYPE,
  schema,
});

const LINES = {
  type: "application/x-ndjson",
  description: "Batches: each one header line (BatchHeader), then event lines (JSON objects as " +
    "Event, or tab-separated) and state lines (NetnsState). content-encoding: gzip is understood.",
};

const NEW_TOKEN = {
  type: JSON_TYPE,
  schema: "CreateToken",
  description: "Role and lifetime",
};

const tokenOperations = (base: string, whose: string): Operation[] => [
  {
    method: "post",
    path: `${base}/tokens`,
    summary: `Make a token for ${whose}; it is shown once`,
    role: "operator",
    audit: "token.create",
    body: NEW_TOKEN,
    answer: json(201, "MintedToken", "The token"),
  },
  {
    method: "get",
    path: `${base}/tokens`,
    summary: `List the tokens for ${whose}`,
    role: "operator",
    audit: "token.list",
    answer: json(200, "TokenList", "The tokens, without their secrets"),
  },
  {
    method: "delete",
    path: `${base}/tokens/{token}`,
    summary: "Revoke a token, at once",
    role: "operator",
    audit: "token.revoke",
    answer: { status: 204, description: "Revoked" },
  },
];

const auditOperation = (base: string, whose: string): Operation => ({
  method: "get",
  path: `${base}/audit`,
  summary: `Who did what ${whose}, newest first`,
  role: "operator",
  audit: "audit.read",
  query: ["limit", "before"],
  answer: json(200, "Audit", "Entries, and how many older ones were thrown away"),
});

export const OPERATIONS: Operation[] = [
  {
    method: "post",
    path: "/v1/incidents",
    summary: "Create an incident",
    role: "operator",
    audit: "incident.create",
    body: { type: JSON_TYPE, schema: "CreateIncident", description: "All of it optional" },
    answer: json(201, "Incident", "The incident"),
  },
  {
    method: "get",
    path: "/v1/incidents",
    summary: "List the incidents the token is for, newest first",
    role: "viewer",
    audit: "incident.list",
    answer: json(200, "IncidentList", "The incidents"),
  },
  {
    method: "get",
    path: "/v1/incidents/{id}",
    summary: "Read an incident and its counters",
    role: "viewer",
    audit: "incident.read",
    answer: json(200, "Incident", "The incident"),
  },
  {
    method: "delete",
    path: "/v1/incidents/{id}",
    summary: "Delete an incident with its data and tokens",
    role: "operator",
    audit: "incident.delete",
    answer: { status: 204, description: "Deleted" },
  },
  {
    method: "post",
    path: "/v1/incidents/{id}/close",
    summary: "Close an incident: no more batches, nothing is in flight any more",
    role: "operator",
    audit: "incident.close",
    answer: json(200, "Incident", "The incident"),
  },
  {
    method: "post",
    path: "/v1/incidents/{id}/shards",
    summary: "Spread an incident over more shards; nothing is lost",
    role: "operator",
    audit: "incident.spread",
    body: { type: JSON_TYPE, schema: "SetShards", description: "How many" },
    answer: json(200, "Incident", "The incident"),
  },
  {
    method: "post",
    path: "/v1/incidents/{id}/batches",
    summary: "Send batches; idempotent by probe and sequence",
    role: "probe",
    audit: "batches.write",
    body: LINES,
    answer: json(200, "BatchAnswer", "What is durable now, and which lines were refused"),
  },
  {
    method: "post",
    path: "/v1/incidents/{id}/state",
    summary: "Send node state; the same lines as batches",
    role: "probe",
    audit: "batches.write",
    body: LINES,
    answer: json(200, "BatchAnswer", "What is durable now, and which lines were refused"),
  },
  {
    method: "get",
    path: "/v1/incidents/{id}/report",
    summary: "The report of everything acknowledged so far",
    role: "viewer",
    audit: "report.read",
    answer: json(200, "Report", "The report"),
  },
  {
    method: "get",
    path: "/v1/incidents/{id}/flows/{flow}",
    summary: "One flow of the report",
    role: "viewer",
    audit: "report.read",
    answer: json(200, "Flow", "The flow"),
  },
  {
    method: "get",
    path: "/v1/incidents/{id}/live",
    summary: "The report and its changes as server-sent events",
    role: "viewer",
    audit: "live.read",
    headers: ["last-event-id"],
    answer: { status: 200, description: "See docs/http.md", type: "text/event-stream" },
  },
  {
    method: "get",
    path: "/v1/incidents/{id}/archive",
    summary: "The incident as one gzip file",
    role: "viewer",
    audit: "archive.read",
    answer: { status: 200, description: "The file", type: "application/gzip" },
  },
  {
    method: "post",
    path: "/v1/incidents/{id}/archive",
    summary: "Create an incident from an archive; `partial=1` takes what is whole of a cut one",
    role: "operator",
    audit: "archive.import",
    query: ["partial"],
    body: { type: "application/gzip", description: "The file, compressed or not" },
    answer: json(201, "ImportAnswer", "What was imported"),
  },
  ...tokenOperations("/v1/incidents/{id}", "one incident"),
  ...tokenOperations("/v1", "all incidents"),
  auditOperation("/v1/incidents/{id}", "with one incident"),
  auditOperation("/v1", "here"),
  {
    method: "get",
    path: "/v1/openapi.json",
    summary: "This document",
    role: null,
    audit: null,
    answer: { status: 200, description: "OpenAPI 3.1", type: JSON_TYPE },
  },
  {
    method: "get",
    path: "/v1/schema/report.json",
    summary: "The JSON Schema of a report",
    role: null,
    audit: null,
    answer: { status: 200, description: "JSON Schema 2020-12", type: JSON_TYPE },
  },
  {
    method: "get",
    path: "/metrics",
    summary: "Figures for Prometheus; needs a token for all incidents",
    role: "viewer",
    audit: null,
    answer: { status: 200, description: "Text exposition", type: "text/plain" },
  },
  {
    method: "get",
    path: "/healthz",
    summary: "Whether the ingest runs",
    role: null,
    audit: null,
    answer: { status: 200, description: "It does", type: "text/plain" },
  },
];
