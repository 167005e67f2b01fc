/** Operations that tell what became of the packets: the report, one flow of it, the live view. */
import { accepts } from "hono/accepts";
import { z } from "zod";
import { Flow, Report } from "../../event/report.ts";
import { acceptsDifferences } from "../../event/sse.ts";
import {
  exported,
  EXPORTS,
  fileName,
  type Form,
  FORMS,
  PCAPNG,
  pcapng,
  type SeenBatch,
} from "../../exports/mod.ts";
import { principalOf } from "../access/auth.ts";
import { noIncident, visibleIncident } from "../access/named_incident.ts";
import { isStillGood } from "../access/tokens.ts";
import { heldAnswer, type Sending, textAnswer, type Texts } from "../http/large_answer.ts";
import { Problem } from "../http/problem.ts";
import type { QueryOf } from "../http/query.ts";
import { decodeLines } from "../live/decode_lines.ts";
import { guardedStream } from "../live/guarded_stream.ts";
import { bytesOf } from "../stores/segment.ts";
import type { Store } from "../stores/store.ts";
import type { Batch } from "../../analysis/mod.ts";
import { Overview, overviewOf } from "./overview.ts";
import { type Ask, json, JSON_TYPE, type Operation, withQuery } from "./operation.ts";
import { countReread } from "./reread.ts";
import { viewersFull } from "./problems.ts";

const LIVE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // A proxy that buffers would hold the stream back.
  "x-accel-buffering": "no",
};

async function reportJson({ id, deps }: Ask): Promise<string> {
  await visibleIncident(deps, id);
  const report = await deps.hub.reportJson(id);
  if (report === null) throw noIncident(id);
  return report;
}

/** The report as JSON, in as many pieces as the hub has. */
async function reportPieces(ask: Ask): Promise<readonly string[] | Texts> {
  const { id, deps } = ask;
  if (deps.hub.reportPieces === undefined) return [await reportJson(ask)];
  await visibleIncident(deps, id);
  const pieces = await deps.hub.reportPieces(id);
  if (pieces === null) throw noIncident(id);
  return pieces;
}

/** Whose answer it is that is sent. */
export function sendingOf({ c, answers, deps: { clock, limits } }: Ask): Sending {
  const isHead = c.req.raw.method === "HEAD";
  const { answerPieceMs: pieceMs } = limits;
  return { slots: answers, token: principalOf(c).id, isHead, clock, pieceMs };
}

/** What is stored of the incident, as a capture file. */
function capture({ id, deps: { store } }: Ask, report: Report) {
  return ReadableStream.from(pcapng(storedEvents(store, id), report)) as ReadableStream<
    Uint8Array<ArrayBuffer>
  >;
}

async function* storedEvents(store: Store, id: string): AsyncGenerator<SeenBatch> {
  const { rowMax } = await store.extent(id);
  for await (const { header, segments } of store.readBatches(id, rowMax)) {
    const batch: Batch = { header, events: [], states: [], refused: 0 };
    for (const segment of segments) {
      if (segment.tier !== "state") decodeLines(bytesOf(segment), batch);
    }
    yield batch;
  }
}

/** Every form that Accept can ask for: what is JSON, but the report itself, is asked for by its name. */
const TYPED = [...EXPORTS, PCAPNG].filter(({ format, mediaType }) =>
  mediaType !== JSON_TYPE || format === "json"
);
const TYPES = TYPED.map(({ mediaType }) => mediaType).sort((a) => a === JSON_TYPE ? -1 : 0);

const QUERY = {
  format: z.enum(FORMS).optional()
    .describe("The form it is handed on in; default: what Accept asks for, else json"),
};

/** The form by `?format=`, else what Accept likes best. */
function formOf({ c, query: { format } }: Ask<QueryOf<typeof QUERY>>): Form {
  const accepted = accepts(c, { header: "Accept", supports: TYPES, default: JSON_TYPE });
  return format ?? TYPED.find(({ mediaType }) => mediaType === accepted)?.format ?? "json";
}

/** What is handed on is a file: a browser that is led to it keeps it, and shows nothing as a page of here. */
function fileHeaders(id: string, format: Form): Record<string, string> {
  const type = [...EXPORTS, PCAPNG].find((form) => form.format === format)?.mediaType ?? JSON_TYPE;
  return {
    "content-type": type.startsWith("text/") ? `${type}; charset=utf-8` : type,
    "content-disposition": `attachment; filename="${fileName(id, format)}"`,
  };
}

/** What one can read of an incident's packets. */
export const REPORT_OPERATIONS: readonly Operation[] = [
  withQuery({
    method: "get",
    operationId: "readReport",
    path: "/v1/incidents/{id}/report",
    summary: "The report of everything acknowledged so far",
    role: "viewer",
    audit: "report.read",
    query: QUERY,
    answer: {
      ...json(200, Report, "The report"),
      otherTypes: TYPES.filter((type) => type !== JSON_TYPE),
    },
    async handle(ask) {
      const form = formOf(ask);
      const { c, id } = ask;
      if (form === "json") {
        const body = await textAnswer(await reportPieces(ask), sendingOf(ask));
        return c.body(body, 200, { "content-type": JSON_TYPE });
      }
      const text = await reportJson(ask);
      // Writing it takes as much as reading it, each time.
      countReread(ask, text);
      const report = ask.reports.read(text, () => {});
      const body = form === "pcapng"
        ? await heldAnswer(() => capture(ask, report), sendingOf(ask))
        : await textAnswer([exported(report, form)], sendingOf(ask));
      return c.body(body, 200, fileHeaders(id, form));
    },
  }),
  {
    method: "get",
    operationId: "readOverview",
    path: "/v1/incidents/{id}/overview",
    summary: "How many problems, exchanges and flows the report has, and which nodes",
    role: "viewer",
    audit: "report.read",
    answer: json(200, Overview, "What the report adds up to"),
    async handle(ask) {
      const text = await reportJson(ask);
      const report = ask.reports.read(text, () => countReread(ask, text));
      return ask.c.json(overviewOf(report));
    },
  },
  {
    method: "get",
    operationId: "readFlow",
    path: "/v1/incidents/{id}/flows/{flow}",
    summary: "One flow of the report",
    role: "viewer",
    audit: "report.read",
    answer: json(200, Flow, "The flow"),
    async handle(ask) {
      const wanted = ask.c.req.param("flow") ?? "";
      const text = await reportJson(ask);
      const flow = ask.reports.flow(text, wanted, () => countReread(ask, text));
      if (flow !== undefined) return ask.c.json(flow);
      const is = JSON.stringify(wanted.slice(0, 200));
      const detail = `Cannot find flow: there is no ${is}, must be an id of the report`;
      throw new Problem(404, "flow_missing", detail);
    },
  },
  {
    method: "get",
    operationId: "watchIncident",
    path: "/v1/incidents/{id}/live",
    summary: "The report and its changes as server-sent events",
    role: "viewer",
    audit: "live.read",
    headers: ["last-event-id"],
    answer: { status: 200, description: "See docs/http.md", type: "text/event-stream" },
    async handle({ c, id, deps }) {
      const { store, clock, hub, limits } = deps;
      const viewer = principalOf(c);
      await visibleIncident(deps, id);
      // Only the headers are wanted: a viewer would wait for a reader that never comes.
      if (c.req.raw.method === "HEAD") return c.body(null, 200, LIVE_HEADERS);
      const cursor = c.req.header("last-event-id") ?? null;
      const isBrief = acceptsDifferences(c.req.header("accept"));
      const watching = { token: viewer.id, isBrief };
      const stream = await hub.live(id, cursor, () => c.req.raw.signal, watching);
      if (stream !== null) {
        const allowed = () => isStillGood(viewer, store, clock);
        const guard = { allowed, everyMs: limits.tokenCheckMs, clock };
        return c.body(guardedStream(stream, guard), 200, LIVE_HEADERS);
      }
      throw viewersFull(limits);
    },
  },
];
