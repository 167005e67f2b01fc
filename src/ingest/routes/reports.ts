/** Operations that tell what became of the packets: the report, one flow of it, the live view. */
import { z } from "zod";
import { Flow, Report } from "../../event/report.ts";
import { type Export, EXPORTS, FORMS, PCAPNG, pcapng, type SeenBatch } from "../../exports/mod.ts";
import { principalOf } from "../access/auth.ts";
import { noIncident, visibleIncident } from "../access/named_incident.ts";
import { isStillGood } from "../access/tokens.ts";
import { heldAnswer, type Sending, textAnswer } from "../http/large_answer.ts";
import { Problem } from "../http/problem.ts";
import type { QueryOf } from "../http/query.ts";
import { decodeLines } from "../live/decode_lines.ts";
import { guardedStream } from "../live/guarded_stream.ts";
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

/** Whose answer it is that is sent. */
export function sendingOf({ c, answers }: Ask): Sending {
  return { slots: answers, token: principalOf(c).id, isHead: c.req.raw.method === "HEAD" };
}

const CAPTURE_HEADERS = {
  "content-type": PCAPNG.mediaType,
  "content-disposition": 'attachment; filename="incident.pcapng"',
};

/** What is stored of the incident, as a capture file. */
function capture({ id, deps: { store } }: Ask, report: Report) {
  return ReadableStream.from(pcapng(storedEvents(store, id), report)) as ReadableStream<
    Uint8Array<ArrayBuffer>
  >;
}

async function* storedEvents(store: Store, id: string): AsyncGenerator<SeenBatch> {
  const encoder = new TextEncoder();
  const { rowMax } = await store.extent(id);
  for await (const { header, segments } of store.readBatches(id, rowMax)) {
    const batch: Batch = { header, events: [], states: [], refused: 0 };
    for (const { tier, text } of segments) {
      if (tier !== "state") decodeLines(encoder.encode(text), batch);
    }
    yield batch;
  }
}

/** Media types of forms that are not JSON. */
const OTHER_TYPES = [...new Set([...EXPORTS, PCAPNG].map(({ mediaType }) => mediaType))]
  .filter((type) => type !== JSON_TYPE);

const QUERY = {
  format: z.enum(FORMS).optional()
    .describe("The form it is handed on in; default: what Accept asks for, else json"),
};

/** The form by `?format=`, else by the one media type of `Accept`; null: the report as it is kept. */
function formOf({ c, query: { format: wanted } }: Ask<QueryOf<typeof QUERY>>): Export | null {
  const accepted = c.req.header("accept");
  const form = EXPORTS.find(({ format, mediaType }) =>
    wanted === undefined ? mediaType === accepted && accepted !== JSON_TYPE : format === wanted
  );
  return form === undefined || form.format === "json" ? null : form;
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
    answer: { ...json(200, Report, "The report"), otherTypes: OTHER_TYPES },
    async handle(ask) {
      const form = formOf(ask);
      const text = await reportJson(ask);
      const { query: { format }, c } = ask;
      const isCapture = format === undefined
        ? c.req.header("accept") === PCAPNG.mediaType
        : format === PCAPNG.format;
      if (isCapture) {
        countReread(ask, text);
        const open = () => capture(ask, JSON.parse(text) as Report);
        return c.body(await heldAnswer(open, sendingOf(ask)), 200, CAPTURE_HEADERS);
      }
      if (form === null) {
        const body = await textAnswer(text, sendingOf(ask));
        return ask.c.body(body, 200, { "content-type": JSON_TYPE });
      }
      countReread(ask, text);
      const written = await textAnswer(form.write(JSON.parse(text) as Report), sendingOf(ask));
      return ask.c.body(written, 200, { "content-type": `${form.mediaType}; charset=utf-8` });
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
      countReread(ask, text);
      const report = JSON.parse(text) as Report;
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
      const flow = ask.flows.find(text, wanted, () => countReread(ask, text));
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
      const stream = await hub.live(id, cursor, () => c.req.raw.signal, viewer.id);
      if (stream !== null) {
        const allowed = () => isStillGood(viewer, store, clock);
        const guard = { allowed, everyMs: limits.tokenCheckMs, clock };
        return c.body(guardedStream(stream, guard), 200, LIVE_HEADERS);
      }
      throw viewersFull(limits);
    },
  },
];
