/** Reports are large, and reading one anew is the dearest thing that a reader may ask for. */
import { principalOf } from "../access/auth.ts";
import { Problem } from "../http/problem.ts";
import type { Ask } from "./operation.ts";

/** Counts a report that is read anew. Throws a Problem when its reader has had too many. */
export function countReread({ c, rereads }: Ask, text: string): void {
  const waitSeconds = rereads.take(principalOf(c).id, text.length);
  if (waitSeconds === 0) return;
  const detail = `Cannot read the report anew: it was too often, must wait ${waitSeconds} s`;
  throw new Problem(429, "rate_limited", detail, { headers: { "retry-after": `${waitSeconds}` } });
}
