/** Sends the problems of a report to a collector of OpenTelemetry, as logs over OTLP/HTTP in JSON. */
import { LasthopError } from "../../event/error.ts";
import type { Report } from "../../event/report.ts";
import { exported } from "../../exports/mod.ts";
import {
  OTLP_RETRYABLE,
  otlpHeaders,
  type OtlpTarget,
  otlpUrl,
  rejectedRecords,
} from "../../exports/otlp_request.ts";

const RETRY_MS = [500, 1_000, 2_000, 4_000];
const ANSWER_MS_MAX = 10_000;

/**
 * Resolves with how many records were taken; `retryMs` are the waits before each further try. Throws
 * LasthopError `otlp_failed` when the collector refuses, takes only a part, or can't be reached after
 * some tries.
 */
export async function sendOtlp(
  report: Report,
  target: OtlpTarget,
  retryMs: readonly number[] = RETRY_MS,
): Promise<number> {
  const url = otlpUrl(target);
  const init = {
    method: "POST",
    headers: otlpHeaders(target),
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

async function post(url: string, init: RequestInit) {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    if (!response.ok) {
      await response.body?.cancel();
      const mayRetry = OTLP_RETRYABLE.has(response.status);
      return { isTaken: false, mayRetry, why: `it answered ${response.status}` };
    }
    const rejected = await rejectedRecords(response);
    return { isTaken: rejected === 0, mayRetry: false, why: `it refused ${rejected} records` };
  } catch (error) {
    const why = error instanceof Error && error.name === "TimeoutError"
      ? `no answer in ${ANSWER_MS_MAX / 1000} s`
      : "it can't be reached";
    return { isTaken: false, mayRetry: true, why };
  }
}

function failed(url: string, why: string): LasthopError {
  const must = "must be a collector that takes OTLP logs over HTTP in JSON";
  return new LasthopError("otlp_failed", `Cannot send to ${new URL(url).origin}: ${why}, ${must}`);
}
