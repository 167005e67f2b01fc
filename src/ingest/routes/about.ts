/** Operations that tell of the ingest itself. */
import { JSON_TYPE, type Operation } from "./operation.ts";

/** Makes the rows. The documents are given, because one of them describes these rows, too. */
export const aboutOperations = (documents: {
  openApi: () => Record<string, unknown>;
  reportSchema: () => Record<string, unknown>;
}): Operation[] => [
  {
    method: "get",
    operationId: "readOpenApi",
    path: "/v1/openapi.json",
    summary: "This document",
    role: null,
    audit: null,
    answer: { status: 200, description: "OpenAPI 3.1", type: JSON_TYPE },
    handle: ({ c }) => c.json(documents.openApi()),
  },
  {
    method: "get",
    operationId: "readReportSchema",
    path: "/v1/schema/report.json",
    summary: "The JSON Schema of a report",
    role: null,
    audit: null,
    answer: { status: 200, description: "JSON Schema 2020-12", type: JSON_TYPE },
    handle: ({ c }) => c.json(documents.reportSchema()),
  },
  {
    method: "get",
    operationId: "readMetrics",
    path: "/metrics",
    summary: "Figures for Prometheus; needs a token for all incidents",
    role: "viewer",
    audit: null,
    answer: { status: 200, description: "Text exposition", type: "text/plain" },
    handle: async ({ c, deps, metrics, problems }) => {
      const wrong = await problems.read(deps);
      return c.text(metrics.text(await deps.hub.readFigures(), wrong), 200, {
        "content-type": "text/plain; version=0.0.4; charset=utf-8",
      });
    },
  },
  {
    method: "get",
    operationId: "readHealth",
    path: "/healthz",
    summary: "Whether the ingest runs",
    role: null,
    audit: null,
    answer: { status: 200, description: "It does", type: "text/plain" },
    handle: ({ c }) => c.text("ok\n"),
  },
];
