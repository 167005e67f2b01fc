/** Sends the problems of a report to a collector of OpenTelemetry, as logs over OTLP/HTTP in JSON. */
import { LasthopError } from "../../event/error.ts";
import type { Report } from "../../event/report.ts";
import { exported } from "../../exports/mod.ts";

/** Where it is sent. */
export interface OtlpTarget {
  /** With `/v1/logs` added where it has no path. */
  url: string;
  /** `NAME=VALUE,NAME=VALUE`, as `OTEL_EXPORTER_OTLP_HEADERS` has them: keys of a collector are secrets. */
  headers?: string | undefined;
  /** Waits before each further try, ms. */
  retryMs?: readonly number[];
}

const RETRY_MS = [500, 1_000, 2_000, 4_000];
const ANSWER_MS_MAX = 10_000;
const ANSWER_CHARS_MAX = 2_000;
/** What OTLP's specification calls retryable. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/**
 * Resolves with how many records were taken. Throws LasthopError `otlp_failed` when the collector refuses,
 * takes only a part, or can't be reached after some tries.
 */
export async function sendOtlp(report: Report, target: OtlpTarget): Promise<number> {
  const { retryMs = RETRY_MS } = target;
  const url = new URL(target.url);
  if (url.pathname === "/") url.pathname = "/v1/logs";
  const headers = { ...headersOf(target.headers ?? ""), "content-type": "application/json" };
  const init = {
    method: "POST",
    headers,
    body: exported(report, "otlp"),
    redirect: "manual",
  } as const;
  for (let tries = 0;; tries++) {
    const { isTaken, mayRetry, why } = await post(url, init);
    if (isTaken) return report.problems.length;
    const pauseMs = mayRetry ? retryMs[tries] : undefined;
    if (pauseMs === undefined) throw failed(url, why);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function post(url: URL, init: RequestInit) {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const text = (await response.text()).slice(0, ANSWER_CHARS_MAX);
    if (!response.ok) {
      const mayRetry = RETRYABLE.has(response.status);
      return { isTaken: false, mayRetry, why: `it answered ${response.status}` };
    }
    const rejected = rejectedRecords(text);
    const why = `it refused ${rejected} records`;
    return { isTaken: rejected === 0, mayRetry: false, why };
  } catch (error) {
    const why = error instanceof Error && error.name === "TimeoutError"
      ? `no answer in ${ANSWER_MS_MAX / 1000} s`
      : "it can't be reached";
    return { isTaken: false, mayRetry: true, why };
  }
}

/** Of an `ExportLogsServiceResponse`, which is empty or no JSON where all were taken. */
function rejectedRecords(text: string): number {
  try {
    return Number(JSON.parse(text)?.partialSuccess?.rejectedLogRecords ?? 0);
  } catch {
    return 0;
  }
}

function headersOf(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair) => pair.trim()).filter((pair) => pair.includes("="));
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
  }));
}

function failed(url: URL, why: string): LasthopError {
  const must = "must be a collector that takes OTLP logs over HTTP in JSON";
  return new LasthopError("otlp_failed", `Cannot send to ${url.origin}: ${why}, ${must}`);
}
