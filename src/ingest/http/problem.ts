/** Errors as `application/problem+json` (RFC 9457) with a code that programs switch on. */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";

/** Schema of a problem as it is sent. */
export const ProblemBody = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What programs switch on. */
  code: z.string(),
  /** The action, a colon, what is, what should be. */
  detail: z.string(),
});

/** A refusal, thrown to be answered. */
export class Problem extends Error {
  override name = "Problem";
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    /** The action, a colon, what is, what should be. */
    detail: string,
    readonly extra: {
      headers?: Record<string, string>;
      /** Further members of the body. */
      members?: Record<string, unknown>;
    } = {},
  ) {
    super(detail);
  }
}

const TITLES: Record<number, string> = {
  400: "Bad request",
  401: "Not authenticated",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  408: "Sender too slow",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported encoding",
  422: "Nothing acceptable",
  429: "Too many requests",
  500: "Internal error",
  503: "Busy",
  507: "Out of storage",
};

/** The answer that tells of a problem. */
export function problemResponse(problem: Problem): Response {
  const body = {
    type: `urn:lasthop:problem:${problem.code}`,
    title: TITLES[problem.status] ?? "Error",
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    ...problem.extra.members,
  };
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", ...problem.extra.headers },
  });
}
