/** How OTLP logs are sent over HTTP in JSON, and what a collector says of them. */

/** Where they are sent. */
export interface OtlpTarget {
  /** With `/v1/logs` added where it has no path. */
  url: string;
  /** `NAME=VALUE,NAME=VALUE`, as `OTEL_EXPORTER_OTLP_HEADERS` has them: keys of a collector are secrets. */
  headers?: string | undefined;
}

/** A collector as one who posts to it needs it. */
export interface OtlpCollector {
  url: string;
  headers: Record<string, string>;
  /** Whether an answer with this status is no last word. */
  mayRetry(status: number): boolean;
  /** Why an answer of success is none; null where it is. Reads what it needs of it. */
  whyRefused(response: Response): Promise<string | null>;
}

/** What is to be known of the collector at a target. */
export function collectorAt(target: OtlpTarget): OtlpCollector {
  return {
    url: urlOf(target),
    headers: headersOf(target),
    mayRetry: (status) => RETRYABLE.has(status),
    async whyRefused(response) {
      const rejected = await rejectedRecords(response);
      return rejected === 0 ? null : `it refused ${rejected} records`;
    },
  };
}

function urlOf({ url }: OtlpTarget): string {
  const at = new URL(url);
  if (at.pathname === "/") at.pathname = "/v1/logs";
  return at.href;
}

function headersOf({ headers = "" }: OtlpTarget): Record<string, string> {
  const pairs = headers.split(",").map((pair) => pair.trim()).filter((pair) => pair.includes("="));
  const own = Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())];
  }));
  return { ...own, "content-type": "application/json" };
}

/** The value as it is where it is no encoded one. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Statuses that OTLP's specification calls retryable. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const ANSWER_BYTES_MAX = 4_000;

/** How many records an answer of success refused all the same; of an endless answer only the start is read. */
async function rejectedRecords({ body }: Response): Promise<number> {
  if (body === null) return 0;
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > ANSWER_BYTES_MAX) break;
  }
  try {
    return Number(JSON.parse(text)?.partialSuccess?.rejectedLogRecords ?? 0);
  } catch {
    // Empty, or no JSON: all were taken.
    return 0;
  }
}
