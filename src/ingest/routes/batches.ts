/** Operations that take what probes send. */
import { BatchHeader } from "../../event/batch.ts";
import { EventSchema } from "../../event/event_schema.ts";
import { NetnsState } from "../../event/state.ts";
import { principalOf } from "../access/auth.ts";
import { noIncident } from "../access/named_incident.ts";
import { encodingOf } from "../http/body.ts";
import { acceptBatches, BatchAnswer } from "../intake/accept.ts";
import { type Ask, json, type Operation } from "./operation.ts";
import { linesOf } from "./schema_parts.ts";

/** The lines of batches. */
export const BatchLines = linesOf(BatchHeader, EventSchema, NetnsState);

const LINES = {
  type: "application/x-ndjson",
  schema: BatchLines,
  description: "Batches: each one header line (BatchHeader), then event lines (JSON objects as " +
    "Event, or tab-separated) and state lines (NetnsState). content-encoding: gzip is understood.",
};

async function takeBatches(ask: Ask): Promise<Response> {
  const { c, id: incident, deps, metrics, entry: port, bodies } = ask;
  const entry = c.get("entry") ?? await port.enter(incident, []);
  if (!entry.isVisible) throw noIncident(incident);
  const encoding = encodingOf(c.req.header("content-encoding"));
  const answer = await bodies.hold(
    principalOf(c).id,
    () =>
      acceptBatches(
        { deps, metrics, incident, admission: { ...entry, charge: port.charge.bind(port) } },
        c.req.raw.body,
        encoding,
      ),
  );
  return c.json(answer);
}

/** Batches, by either of two names: the lines are the same, the name only says what is in them. */
export const BATCH_OPERATIONS: readonly Operation[] = [
  {
    method: "post",
    operationId: "sendBatches",
    path: "/v1/incidents/{id}/batches",
    summary: "Send batches; idempotent by probe and sequence",
    role: "probe",
    audit: "batches.write",
    body: LINES,
    answer: json(200, BatchAnswer, "What is durable now, and which lines were refused"),
    handle: takeBatches,
  },
  {
    method: "post",
    operationId: "sendState",
    path: "/v1/incidents/{id}/state",
    summary: "Send node state; the same lines as batches",
    role: "probe",
    audit: "batches.write",
    body: LINES,
    answer: json(200, BatchAnswer, "What is durable now, and which lines were refused"),
    handle: takeBatches,
  },
];
