/** Operations that take what probes send. */
import { z } from "zod";
import { BatchHeader } from "../../event/batch.ts";
import { EventSchema } from "../../event/event_schema.ts";
import { NetnsState } from "../../event/state.ts";
import { principalOf } from "../access/auth.ts";
import { noIncident } from "../access/named_incident.ts";
import { encodingOf } from "../http/body.ts";
import { acceptBatches, BatchAnswer, bodyOptions } from "../intake/accept.ts";
import { acceptRelayed, RELAYED_PATH } from "../intake/relayed.ts";
import { SenderLine } from "../intake/sender_lines.ts";
import { Problem } from "../http/problem.ts";
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

/** The lines of batches of several senders. */
export const RelayedLines = linesOf(SenderLine, BatchHeader, EventSchema, NetnsState);

/** What each sender of a relayed body is answered, in the order of the senders. */
export const RelayedAnswer = z.object({
  senders: z.array(z.looseObject({
    /** Of the answer that the sender would have got itself; the rest is that answer's body. */
    status: z.number().int(),
    /** Seconds to wait before it is sent again. */
    retryAfterSeconds: z.number().optional(),
  })),
});

/** What each sender of a relayed body is answered, in the order of the senders. */
export type RelayedAnswer = z.infer<typeof RelayedAnswer>;

async function takeRelayed(ask: Ask): Promise<Response> {
  const { c, deps, metrics, entry, bodies } = ask;
  const options = bodyOptions(deps, metrics, encodingOf(c.req.header("content-encoding")));
  const answers = await bodies.hold(
    principalOf(c).id,
    () => acceptRelayed({ deps, metrics, entry }, c.req.raw.body, options),
  );
  const senders = answers.map((answer) => {
    if (!(answer instanceof Problem)) return { status: 200, ...answer };
    const { status, code, message: detail, extra: { headers, members } } = answer;
    const seconds = headers?.["retry-after"];
    const wait = seconds === undefined ? {} : { retryAfterSeconds: Number(seconds) };
    return { ...members, status, code, detail, ...wait };
  });
  return c.json({ senders } satisfies RelayedAnswer);
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
  {
    method: "post",
    operationId: "sendRelayed",
    path: RELAYED_PATH,
    summary: "Send batches of several senders, as a relay does; the bearer token is one of theirs",
    role: "probe",
    tokenFor: "any",
    audit: "batches.relay",
    body: {
      type: "application/x-ndjson",
      schema: RelayedLines,
      description: "Senders: each one line (SenderLine), then its batches as of sendBatches",
    },
    answer: json(200, RelayedAnswer, "What each sender is answered, in their order"),
    handle: takeRelayed,
  },
];
