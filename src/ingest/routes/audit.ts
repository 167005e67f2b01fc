/** Operations that read the audit, for operators alone. */
import { z } from "zod";
import { noIncident } from "../access/named_incident.ts";
import { digits, type QueryOf } from "../http/query.ts";
import type { StoredAuditEntry } from "../stores/store.ts";
import { type Ask, json, type Operation, withQuery } from "./operation.ts";
import { count, role, time } from "./schema_parts.ts";

const PAGE_MAX = 1000;

const PAGE = {
  limit: digits(1, PAGE_MAX).optional().describe("How many entries; default: 200"),
  before: digits(1, Number.MAX_SAFE_INTEGER).optional()
    .describe("Only older entries than the one with this id"),
};

/** An entry as the API shows it. */
export const ShownAuditEntry = z.object({
  /** Grows with each entry. */
  id: count,
  at: time,
  /** Id of the token, or `root`, `loopback`, or `ingest` for what it did by itself. */
  token: z.string(),
  role: role.nullable(),
  /** `incident.delete`, `report.read` …: the OpenAPI document names one for each operation. */
  action: z.string(),
  incident: z.string().nullable(),
  /** Id of the token that was made or revoked. */
  subject: z.string().nullable(),
  /** `ok`, or the code of the problem that was answered. */
  outcome: z.string(),
});

/** A page of the audit. */
export const Audit = z.object({
  /** Newest first. */
  entries: z.array(ShownAuditEntry),
  /** Older entries of this ingest that were thrown away at the limits. */
  evicted: count,
  /** What to give as `before` for the next older ones; null: there are none. */
  next: count.nullable(),
});

/** A page of the audit. */
export type Audit = z.infer<typeof Audit>;

const auditOperation = (operationId: string, base: string, whose: string) =>
  withQuery({
    method: "get",
    operationId,
    path: `${base}/audit`,
    summary: `Who did what ${whose}, newest first`,
    role: "operator",
    audit: "audit.read",
    query: PAGE,
    answer: json(200, Audit, "Entries, and how many older ones were thrown away"),
    handle: readAudit,
  });

async function readAudit(ask: Ask<QueryOf<typeof PAGE>>): Promise<Response> {
  const { c, id, deps: { store } } = ask;
  if (id !== "") await mustHaveBeen(ask);
  const { limit = 200, before } = ask.query;
  const page = { limit, ...(before === undefined ? {} : { before }) };
  const query = { ...(id === "" ? {} : { incident: id }), ...page };
  const { entries, evicted } = await store.listAudit(query);
  const next = entries.length === query.limit ? entries.at(-1)!.id : null;
  const audit: Audit = { entries: entries.map(shown), evicted, next };
  return c.json(audit);
}

/** An incident that was deleted has an audit, too: who did it is what one asks then. */
async function mustHaveBeen({ id, deps: { store } }: Ask): Promise<void> {
  const { entries } = await store.listAudit({ incident: id, limit: 1 });
  if (entries.length === 0 && await store.getIncident(id) === null) throw noIncident(id);
}

function shown({ atMs, change: _, ...entry }: StoredAuditEntry): Audit["entries"][number] {
  return { ...entry, at: new Date(atMs).toISOString() };
}

/** The audit of one incident, and of all. */
export const AUDIT_OPERATIONS: readonly Operation[] = [
  auditOperation("auditIncident", "/v1/incidents/{id}", "with one incident"),
  auditOperation("auditAll", "/v1", "here"),
];
