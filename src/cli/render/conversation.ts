/** What came of one question, with the ways of its packets. */
import type { Cause, Exchange, Flow } from "../../event/report.ts";
import { exchangeLines } from "./exchange.ts";
import { flowLines } from "./flow.ts";
import type { Conversation } from "./group.ts";
import { lookOf, type RenderOptions } from "./look.ts";

/**
 * What came of the question, then its flows below it. `told` holds the causes that were told in full
 * already; those told here are added.
 */
export function conversationLines(
  { exchange, flow, replies }: Conversation,
  options: RenderOptions,
  told: Set<string>,
): string[] {
  const look = lookOf(options);
  const lines: string[] = [];
  if (exchange) {
    lines.push(...exchangeLines(exchange, look, told));
    if (exchange.outcome !== "answered") lines.push("");
  }
  // Below what came of the question its flows stand further in.
  const inner = exchange ? lookOf({ ...options, width: look.width - 2 }) : look;
  for (const one of [flow, ...replies]) {
    const own = flowLines(withoutCausesOf(exchange, one), options, inner, told);
    lines.push(...exchange ? indented(own) : own);
    if (one.outcome !== "delivered" && one !== replies.at(-1)) lines.push("");
  }
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** A flow without the causes that are told with its exchange, a few lines above. */
function withoutCausesOf(exchange: Exchange | undefined, flow: Flow): Flow {
  const all = [exchange?.cause, ...exchange?.findings ?? []];
  const isTold = (one: Cause) =>
    all.some((other) => other?.code === one.code && other.sentence === one.sentence);
  const { cause, otherCauses = [], ...rest } = flow;
  const [first, ...others] = [...cause ? [cause] : [], ...otherCauses].filter((one) =>
    !isTold(one)
  );
  if (first === undefined) return rest;
  return { ...rest, cause: first, ...others.length > 0 ? { otherCauses: others } : {} };
}

/** `conversationLines` two columns further in, as what stands below a problem. */
export function nestedLines(
  one: Conversation,
  options: RenderOptions,
  told: Set<string>,
): string[] {
  const { width } = lookOf(options);
  return indented(conversationLines(one, { ...options, width: width - 2 }, told));
}

/** Two columns further in. */
const indented = (lines: readonly string[]): string[] =>
  lines.map((line) => line === "" ? line : `  ${line}`);

/** Where it gets through again, a command that changes the node is no help any more. */
export function withoutRemedies({ exchange, flow, replies }: Conversation): Conversation {
  const plain = <T extends Exchange | Flow>(one: T): T => {
    if (one.cause === undefined) return one;
    const { remedy: _remedy, ...cause } = one.cause;
    return { ...one, cause };
  };
  return {
    ...exchange ? { exchange: plain(exchange) } : {},
    flow: plain(flow),
    replies: replies.map(plain),
  };
}
