/** The problems of an incident, for programs: which there are, and when that changes. */
import { z } from "zod";
import { ALL_OUTCOMES, CAUSE_CODES } from "../../event/codes.ts";
import { Problem, type Report } from "../../event/report.ts";
import { principalOf } from "../access/auth.ts";
import { noIncident, visibleIncident } from "../access/named_incident.ts";
import { isStillGood } from "../access/tokens.ts";
import { Problem as Refusal } from "../http/problem.ts";
import { digits, oneOrMore, type QueryOf } from "../http/query.ts";
import type { Limits } from "../limits.ts";
import { untilChanged } from "../live/until_changed.ts";
import { type Ask, json, withQuery } from "./operation.ts";
import { countReread } from "./reread.ts";
import { count } from "./schema_parts.ts";

/** Longer, and a proxy in between takes the connection for dead. */
const WAIT_SECONDS_MAX = 60;
const LIMIT = 100;

/** What the problems that were asked for add up to. */
export const VERDICTS = ["failing", "unknown", "healed", "well", "none"] as const;

/** What the problems that were asked for add up to. */
export type Verdict = typeof VERDICTS[number];

/** The problems that were asked for. */
export const ProblemList = z.object({
  incident: z.string(),
  /**
   * `failing`: something failed that is not healed. `unknown`: nobody can tell of some packets, or
   * something was missed that may have told. `healed`: all that failed works again. `well`: something
   * got through, and nothing failed. `none`: nothing has been seen that came to an end.
   */
  verdict: z.enum(VERDICTS),
  /** Nothing comes after it: the verdict is the last. */
  closed: z.boolean(),
  /**
   * Give it as `since`. It is another one when a problem is new, gone, or has another state, severity,
   * outcome, cause or place, and when the incident was closed; not with each packet.
   */
  cursor: z.string(),
  /** How many problems there are of those asked for; `problems` has the first `limit`, worst first. */
  total: count,
  problems: z.array(Problem),
  /** Exchanges that got their answer and belong to no problem. */
  answered: count,
  /** Events that were lost or thrown away before they were judged, and lines that were refused. */
  missed: count,
});

/** The problems that were asked for. */
export type ProblemList = z.infer<typeof ProblemList>;

const QUERY = {
  outcome: oneOrMore(ALL_OUTCOMES, "Only problems with one of these outcomes"),
  cause: oneOrMore(
    CAUSE_CODES,
    "Only problems with one of these causes",
    "must be a code of docs/causes.md",
  ),
  limit: digits(1, 1000).optional().describe(`How many problems are listed; default: ${LIMIT}`),
  since: z.string().regex(/^[0-9a-f]{16}$/, { error: "must be the cursor of an answer" }).optional()
    .describe("The cursor of an earlier answer: with `wait`, what is newer is waited for"),
  wait: digits(0, WAIT_SECONDS_MAX).optional().describe(
    "Seconds to wait until there is something new since `since`; without it, a problem at all. " +
      "A closed incident is not waited for",
  ),
};
type Query = QueryOf<typeof QUERY>;

/** The operation. */
export const PROBLEM_OPERATIONS = [
  withQuery({
    method: "get",
    operationId: "listProblems",
    path: "/v1/incidents/{id}/problems",
    summary: "The problems of the report, at once or when they change",
    role: "viewer",
    audit: "report.read",
    query: QUERY,
    answer: json(200, ProblemList, "The problems, worst first"),
    async handle(ask) {
      // A wait is counted once: what it reads anew later came by a change.
      let list = await problemsOf(ask, (text) => countReread(ask, text));
      const { query: { since, wait = 0 }, c, deps: { hub, store, clock, limits } } = ask;
      const isAwaited = () =>
        !list.closed && (since === undefined ? list.total === 0 : list.cursor === since);
      // Only the headers are wanted, which are the same in any case.
      if (wait === 0 || c.req.raw.method === "HEAD" || !isAwaited()) return c.json(list);
      const viewer = principalOf(c);
      const done = new AbortController();
      // Who hangs up waits no more, and makes room for another viewer.
      const left = AbortSignal.any([done.signal, c.req.raw.signal]);
      const stream = await hub.live(ask.id, null, () => left, {
        token: viewer.id,
        isBrief: true,
      });
      if (stream === null) throw viewersFull(limits);
      try {
        await untilChanged(stream, { clock, forMs: wait * 1000, left }, async () => {
          list = await problemsOf(ask);
          return !isAwaited();
        });
      } finally {
        done.abort();
      }
      if (!await isStillGood(viewer, store, clock)) {
        const detail = "Cannot tell who asks: the token has ended, must be a newer one";
        throw new Refusal(401, "token_expired", detail);
      }
      return c.json(list);
    },
  }),
];

/** The refusal of who wants to watch while there are as many as allowed. */
export function viewersFull({ viewersMax, viewersPerTokenMax }: Limits): Refusal {
  const detail = `Cannot open live stream: ${viewersMax} viewers already, or ` +
    `${viewersPerTokenMax} of this token, must be fewer`;
  return new Refusal(503, "viewers_full", detail, { headers: { "retry-after": "10" } });
}

async function problemsOf(
  { id, deps, query, reports }: Ask<Query>,
  onRead: (text: string) => void = () => {},
): Promise<ProblemList> {
  // Whether it is closed is asked before: a report that is newer than that is none too old.
  const { closedMs } = await visibleIncident(deps, id);
  const text = await deps.hub.reportJson(id);
  if (text === null) throw noIncident(id);
  const report = reports.read(text, () => onRead(text));
  return await problemList(report, closedMs !== null, query);
}

/** The problems of a report that a query asks for. */
export async function problemList(
  report: Report,
  closed: boolean,
  { outcome, cause, limit = LIMIT }: Query,
): Promise<ProblemList> {
  const wanted = report.problems.filter((problem) =>
    (outcome?.includes(problem.outcome) ?? true) &&
    (cause?.some((code) => code === problem.cause?.code) ?? true)
  );
  const answered =
    report.exchanges.filter((exchange) =>
      exchange.outcome === "answered" && exchange.problem === undefined
    ).length;
  const { refused, evicted, strayLines = 0, evictedStates = 0 } = report.accounting;
  const lost = report.nodes.reduce((sum, node) => sum + node.lost, 0);
  const missed = lost + refused + evicted + strayLines + evictedStates;
  const isThrough = answered > 0 || report.flows.some(({ packets }) => packets.delivered > 0);
  return {
    incident: report.incident,
    verdict: verdictOf(wanted, missed, isThrough),
    closed,
    cursor: await cursorOf(wanted, closed),
    total: wanted.length,
    problems: wanted.slice(0, limit),
    answered,
    missed,
  };
}

function verdictOf(problems: readonly Problem[], missed: number, isThrough: boolean): Verdict {
  const open = problems.filter(({ state }) => state !== "healed");
  if (open.some(({ severity }) => severity !== "unknown")) return "failing";
  if (open.length > 0 || missed > 0) return "unknown";
  if (problems.length > 0) return "healed";
  return isThrough ? "well" : "none";
}

/** Of what a program acts on. Counts and times change with each packet and are not part of it. */
async function cursorOf(problems: readonly Problem[], closed: boolean): Promise<string> {
  const told = problems.map(({ id, state, severity, outcome, cause, lastHop }) => {
    const { node, netns, device } = lastHop;
    return [id, state, severity, outcome, cause?.code, cause?.confidence, node, netns, device];
  });
  const bytes = new TextEncoder().encode(JSON.stringify([closed, told]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).slice(0, 8).toHex();
}
