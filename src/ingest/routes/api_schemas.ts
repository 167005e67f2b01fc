/** What the API takes and answers, beside batches and reports. Published in the OpenAPI document. */
import { z } from "zod";
import { LasthopError } from "../../event/error.ts";
import { parseFilter } from "../../event/filter/mod.ts";

/** Also a path segment and a file name, so it has no character that means anything there. */
export const INCIDENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

const ROLE = z.enum(["probe", "viewer", "operator"]);
const YEAR_SECONDS = 366 * 24 * 3600;
const SHARDS = z.number().int().min(1).max(64);
const count = z.number().int().min(0);
const time = z.iso.datetime();

/** A filter that can be read, or no report could be made with it. */
export const FilterText = z.string().max(2000).check((context) => {
  try {
    if (context.value.trim() !== "") parseFilter(context.value);
  } catch (error) {
    if (!(error instanceof LasthopError)) throw error;
    context.issues.push({ code: "custom", input: context.value, message: error.message });
  }
});

export const CreateIncident = z.strictObject({
  id: z.string().regex(INCIDENT_ID, {
    error: "must be 1 to 128 letters, digits, dots, dashes or underscores, the first no mark",
  }).optional(),
  title: z.string().max(200).default(""),
  filter: FilterText.default(""),
  /** Over how many shards it is spread; only an ingest that spreads heeds it. */
  shards: SHARDS.optional(),
});

export const SetShards = z.strictObject({ shards: SHARDS });

export const ShownIncident = z.object({
  id: z.string(),
  title: z.string(),
  filter: z.string(),
  createdAt: time,
  closedAt: time.nullable(),
  /** Over how many shards it is spread. */
  shards: count,
  /** Grows with every change that can change the report. */
  revision: count,
  counters: z.object({
    batches: count,
    duplicates: count,
    events: count,
    states: count,
    refused: count,
    strayLines: count,
    evicted: count,
    evictedStates: count,
    bytes: count,
  }),
});

export const IncidentList = z.object({ incidents: z.array(ShownIncident) });

/** What became of a body. Everything counted as accepted is durable. */
export const BatchAnswer = z.object({
  /** Batches that were new, and batches that were known already. */
  accepted: count,
  duplicates: count,
  /** Events and states in the accepted batches. */
  events: count,
  states: count,
  /** The first refused lines, from 1 over the whole body; `refusedTotal` counts all. */
  refused: z.array(z.object({ line: z.number().int().min(1), reason: z.string() })),
  refusedTotal: count,
});

export const ImportAnswer = BatchAnswer.extend({
  incident: ShownIncident,
  /** Batches the archive says it holds, and whether all of them were there. */
  expected: count,
  complete: z.boolean(),
});

export const CreateToken = z.strictObject({
  role: ROLE,
  expiresInSeconds: z.number().int().min(1).max(YEAR_SECONDS).optional(),
});

export const ShownToken = z.object({
  id: z.string(),
  role: ROLE,
  /** null: every incident. */
  incident: z.string().nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
});

/** Once, when it is made. */
export const MintedToken = ShownToken.extend({ token: z.string() });

export const TokenList = z.object({ tokens: z.array(ShownToken) });

export const ShownAuditEntry = z.object({
  /** Grows with each entry. */
  id: count,
  at: time,
  /** Id of the token, or `root`, `loopback`, or `ingest` for what it did by itself. */
  token: z.string(),
  role: ROLE.nullable(),
  /** `incident.delete`, `report.read` …: the OpenAPI document names one for each operation. */
  action: z.string(),
  incident: z.string().nullable(),
  /** Id of the token that was made or revoked. */
  subject: z.string().nullable(),
  /** `ok`, or the code of the problem that was answered. */
  outcome: z.string(),
});

export const Audit = z.object({
  /** Newest first. */
  entries: z.array(ShownAuditEntry),
  /** Older entries of this ingest that were thrown away at the limits. */
  evicted: count,
  /** What to give as `before` for the next older ones; null: there are none. */
  next: count.nullable(),
});

export const ProblemBody = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What programs switch on. */
  code: z.string(),
  /** The action, a colon, what is, what should be. */
  detail: z.string(),
});

export type ShownIncident = z.infer<typeof ShownIncident>;
export type BatchAnswer = z.infer<typeof BatchAnswer>;
export type ImportAnswer = z.infer<typeof ImportAnswer>;
export type ShownToken = z.infer<typeof ShownToken>;
export type Audit = z.infer<typeof Audit>;
export type MintedToken = z.infer<typeof MintedToken>;
