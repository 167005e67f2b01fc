/** Sends the problems of a report to a collector of OpenTelemetry, as logs over OTLP/HTTP in JSON. */
import { LasthopError } from "../../event/error.ts";
import type { Report } from "../../event/report.ts";
import { exported } from "../../exports/mod.ts";
import { collectorAt, type OtlpCollector, type OtlpTarget } from "../../exports/otlp_request.ts";

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
  const collector = collectorAt(target);
  const body = exported(report, "otlp");
  for (let tries = 0;; tries++) {
    const { why, mayRetry } = await post(collector, body);
    if (why === null) return report.problems.length;
    const pauseMs = mayRetry ? retryMs[tries] : undefined;
    if (pauseMs === undefined) throw failed(collector.url, why);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Why it did not take the body, or null. */
async function post(
  { url, headers, mayRetry, whyRefused }: OtlpCollector,
  body: string,
): Promise<{ why: string | null; mayRetry: boolean }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (!response.ok) {
      await response.body?.cancel();
      const { status } = response;
      return { why: `it answered ${status}`, mayRetry: mayRetry(status) };
    }
    return { why: await whyRefused(response), mayRetry: false };
  } catch (error) {
    const why = error instanceof Error && error.name === "TimeoutError"
      ? `no answer in ${ANSWER_MS_MAX / 1000} s`
      : "it can't be reached";
    return { why, mayRetry: true };
  }
}

function failed(url: string, why: string): LasthopError {
  const must = "must be a collector that takes OTLP logs over HTTP in JSON";
  return new LasthopError("otlp_failed", `Cannot send to ${new URL(url).origin}: ${why}, ${must}`);
}
