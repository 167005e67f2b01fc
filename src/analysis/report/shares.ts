/** How many exchanges with one server failed alike, and whether it was one of its end points. */
import type { Cause, Evidence, Exchange, Flow, Report } from "../../event/report.ts";
import { endText } from "./exchange_report.ts";
import { kept } from "./kept.ts";

/** End points that are named. */
const NAMED_MAX = 3;

/**
 * The report, in which causes of exchanges that failed say so where all of them were translated to one
 * end point and those that were translated to others were answered: a service that works now and then.
 */
export function withShares(report: Report): Report {
  const flows = new Map(report.flows.map((flow) => [flow.id, flow]));
  const evidence = new Map<string, Evidence>();
  for (const group of groupsOf(report.exchanges, flows)) {
    const told = shareOf(group);
    if (told) { for (const { exchange } of group) evidence.set(exchange.id, told); }
  }
  if (evidence.size === 0) return report;
  return {
    ...report,
    exchanges: report.exchanges.map((exchange) => {
      const told = evidence.get(exchange.id);
      const { cause } = exchange;
      if (!told || !cause) return exchange;
      const make = () => ({ ...exchange, cause: withEvidence(cause, told) });
      return keptExchange(exchange, JSON.stringify(told), make);
    }),
    flows: report.flows.map((flow) => {
      const told = evidence.get(flow.id);
      const { cause } = flow;
      if (!told || !cause) return flow;
      return keptFlow(
        flow,
        JSON.stringify(told),
        () => ({ ...flow, cause: withEvidence(cause, told) }),
      );
    }),
  };
}

const keptExchange = kept<Exchange, Exchange>();
const keptFlow = kept<Flow, Flow>();

const withEvidence = (cause: Cause, evidence: Evidence): Cause => ({
  ...cause,
  evidence: [...cause.evidence, evidence],
});

interface Member {
  exchange: Exchange;
  /** Where the question was translated to. */
  to: string;
  node: string;
}

/** Translated exchanges, by what was asked. */
function groupsOf(
  exchanges: readonly Exchange[],
  flows: ReadonlyMap<string, Flow>,
): Iterable<Member[]> {
  const groups = new Map<string, Member[]>();
  for (const exchange of exchanges) {
    const flow = flows.get(exchange.question);
    const { destination, destinationPort } = flow?.translated ?? {};
    if (!flow || destination === undefined || destination === exchange.server.address) continue;
    const to = endText({
      address: destination,
      ...(destinationPort === undefined ? {} : { port: destinationPort }),
    });
    const key = `${exchange.protocol} ${endText(exchange.server)}`;
    const member = { exchange, to, node: flow.path[0]!.node };
    const group = groups.get(key);
    if (group) group.push(member);
    else groups.set(key, [member]);
  }
  return groups.values();
}

const isAnswered = ({ exchange }: Member) =>
  exchange.outcome === "answered" || exchange.outcome === "slow";

const isFailed = (member: Member) => member.exchange.cause !== undefined && !isAnswered(member);

function shareOf(group: readonly Member[]): Evidence | null {
  const failed = group.filter(isFailed);
  const answered = group.filter(isAnswered);
  const [first] = failed;
  if (!first || answered.length === 0) return null;
  const isAlone =
    failed.every(({ to, exchange }) =>
      to === first.to && exchange.cause!.code === first.exchange.cause!.code
    ) && answered.every(({ to }) => to !== first.to);
  if (!isAlone) return null;
  const others = [...new Set(answered.map(({ to }) => to))].sort();
  const named = others.slice(0, NAMED_MAX).join(", ") +
    (others.length > NAMED_MAX ? " and others" : "");
  return {
    node: first.node,
    kind: "event",
    text: `${failed.length} of ${group.length} ${
      first.exchange.protocol === "tcp" ? "connections" : "exchanges"
    } with ${
      endText(first.exchange.server)
    } failed so, all translated to ${first.to}; those translated to ${named} were answered`,
  };
}
