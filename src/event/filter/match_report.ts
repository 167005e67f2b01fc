/** Does a filter match a flow of a report, and what of a report is left by a filter. Pure. */
import { deploymentOf } from "../deployment.ts";
import { BY_NODE } from "../names.ts";
import type { Exchange, Flow, Hop, Report } from "../report.ts";
import type { EndPoints } from "../report_parts.ts";
import { type ReportField, type ReportFilter, type ReportTerm, UDP } from "./ast.ts";
import { type Form, readForm, test } from "./match.ts";
import { namesIt } from "./report_names.ts";
import { lookUp, PROTOCOL_NAMES } from "./words.ts";

/** Outcomes that say of packets themselves that they did not arrive. */
const LOST: ReadonlySet<string> = new Set(["dropped", "vanished", "unknown"]);

/**
 * Whether a flow is what the filter asks for, given the exchange that it is part of. As with packets,
 * one form of it has to match the whole filter: as it was sent, or as a translation or a tunnel made
 * it. Other than there, `not` leaves out what matches in any form: a report knows them all. Names of
 * places are those of any hop of the packet that shows the flow best.
 */
export function matchesReported(
  filter: ReportFilter,
  flow: Flow,
  exchange: Exchange | undefined,
): boolean {
  const forms = formsOf(flow);
  const holds = ({ field, parts }: ReportTerm) =>
    namesOf(field, flow, exchange).some((name) =>
      name !== undefined && namesIt(field, parts, name)
    );
  const fits = (node: ReportFilter, form: Form): boolean => {
    switch (node.kind) {
      case "not":
        return !forms.some((one) => fits(node.node, one));
      case "and":
        return node.nodes.every((child) => fits(child, form));
      case "or":
        return node.nodes.some((child) => fits(child, form));
      case "report":
        return holds(node);
      default:
        return test(node, form);
    }
  };
  return forms.some((form) => fits(filter, form));
}

/** What a filter can name of a flow. */
export function namesOf(
  field: ReportField,
  flow: Flow,
  exchange: Exchange | undefined,
): (string | undefined)[] {
  if (field === "outcome") return outcomesOf(flow, exchange);
  if (field === "cause") {
    const causes = [flow.cause, ...flow.otherCauses ?? []];
    return [...causes, exchange?.cause, ...exchange?.findings ?? []].map((one) => one?.code);
  }
  if (field === "svc") return namesAtEnds("service ", flow).map((name) => name.split(BY_NODE)[0]!);
  const hops = [flow.lastHop, ...flow.path];
  if (field !== "pod" && field !== "deploy") return hops.map((hop: Hop) => hop[field]);
  const pods = [...hops.map(({ pod }) => pod), ...namesAtEnds("pod ", flow)];
  return field === "pod" ? pods : pods.map((pod) => pod && deploymentOf(pod));
}

/** Who has the addresses of the ends: packets may not have come to where a pod was seen. */
const namesAtEnds = (kind: string, { sourceName, destinationName }: Flow) =>
  [sourceName, destinationName].flatMap((name) =>
    name?.startsWith(kind) ? name.slice(kind.length) : []
  );

/**
 * What became of a flow: of one in an exchange, what came of that, because packets that arrived are
 * not yet an answer; and what became of its packets where they did not arrive.
 */
function outcomesOf({ outcome }: Flow, exchange: Exchange | undefined): string[] {
  if (exchange === undefined) return [outcome];
  return LOST.has(outcome) ? [exchange.outcome, outcome] : [exchange.outcome];
}

/** IP protocol numbers of what is around a packet in a tunnel. */
const TUNNEL_PROTOCOLS: Readonly<Record<string, number>> = {
  vxlan: UDP,
  geneve: UDP,
  gre: 47,
  gretap: 47,
  ip6gre: 47,
  ipip: 4,
  sit: 41,
};

/** The page filters the same flows at each key that is typed. */
const known = new WeakMap<Flow, Form[]>();

function formsOf(flow: Flow): Form[] {
  const before = known.get(flow);
  if (before !== undefined) return before;
  const protocol = lookUp(PROTOCOL_NAMES, flow.protocol) ?? Number(flow.protocol);
  const ends: EndPoints[] = [flow];
  if (flow.translated !== undefined) ends.push(flow.translated);
  for (const { translated } of flow.path) if (translated !== undefined) ends.push(translated);
  const forms = [
    ...ends.map((one) => formOf(one, Number.isNaN(protocol) ? undefined : protocol)),
    ...flow.path.flatMap(({ encap }) =>
      encap === undefined ? [] : [formOf(encap, TUNNEL_PROTOCOLS[encap.kind])]
    ),
  ];
  known.set(flow, forms);
  return forms;
}

const formOf = (ends: EndPoints, protocol: number | undefined): Form =>
  readForm({ ...ends, protocol, network: ends.source.includes(":") ? "ip6" : "ip4" });

/**
 * What a filter leaves of a report: exchanges with a flow that fits, other flows that fit with those
 * that they answer or are answered by, and the problems of both. Counts of nodes and of each problem
 * stay those of the whole incident.
 */
export function narrowed(report: Report, filter: ReportFilter): Report {
  if (filter.kind === "all") return report;
  const byFlow = new Map(
    report.exchanges.flatMap((one) =>
      [one.question, one.answer, ...one.otherAnswers ?? []].map((id) => [id, one] as const)
    ),
  );
  const fits = report.flows.filter((flow) => matchesReported(filter, flow, byFlow.get(flow.id)));
  const wanted = new Set(fits.map(({ id }) => id));
  const exchanges = report.exchanges.filter(({ id, question, answer, otherAnswers = [] }) =>
    [id, question, answer, ...otherAnswers].some((one) => one !== undefined && wanted.has(one))
  );
  for (const { question, answer, otherAnswers = [] } of exchanges) {
    for (const id of [question, answer, ...otherAnswers]) if (id !== undefined) wanted.add(id);
  }
  for (const { id, replyOf } of report.flows) {
    if (replyOf !== undefined && (wanted.has(id) || wanted.has(replyOf))) {
      wanted.add(id).add(replyOf);
    }
  }
  const flows = report.flows.filter(({ id }) => wanted.has(id));
  const ids = new Set([
    ...flows.flatMap(({ problems = [] }) => problems),
    ...exchanges.flatMap(({ problem }) => problem ?? []),
  ]);
  const problems = report.problems.filter(({ id }) => ids.has(id));
  return { ...report, flows, exchanges, problems };
}
