/** Who has the addresses that a report names: pods, containers, services, nodes, by their own state. */
import { holderWords } from "../../event/holder_names.ts";
import { around, type Cluster } from "../cluster/cluster.ts";
import { nameOf } from "../cluster/names.ts";
import type { End, Exchange, Flow, Problem, Report } from "../../event/report.ts";
import { isLoopback } from "../view/address.ts";
import { kept } from "./kept.ts";
import { holderAt, isOwn } from "../view/netns_names.ts";
import type { NodeView } from "../view/timeline.ts";

const keptExchange = kept<Exchange, Exchange>();
const keptFlow = kept<Flow, Flow>();

/** An address to who has it. Null: several do, or did one after the other. */
type Names = ReadonlyMap<string, string | null>;

/** Gives the name of an address. */
type NameOf = (address: string) => string | undefined;

/**
 * [H6] The report with the names of its ends, where the state of one node tells them without a doubt, or
 * else [H7] the API of the cluster told one name at that time.
 */
export function withEndNames(
  report: Report,
  nodes: readonly NodeView[],
  cluster: Cluster,
): Report {
  const names = knownNames(nodes);
  if (names.size === 0 && !cluster.isTold) return report;
  const during = ({ firstAt, lastAt }: { firstAt?: string; lastAt?: string }): NameOf => {
    const time = firstAt === undefined || lastAt === undefined || !cluster.isTold
      ? undefined
      : around(Date.parse(firstAt), Date.parse(lastAt));
    return (address) => names.get(address) ?? (time && nameOf(cluster, address, time));
  };
  return {
    ...report,
    problems: report.problems.map((problem) => namedProblem(problem, during(problem))),
    exchanges: report.exchanges.map((exchange) => namedExchange(exchange, during(exchange))),
    flows: report.flows.map((flow) => namedFlow(flow, during(flow))),
  };
}

const known = new WeakMap<readonly NodeView[], { version: string; names: Names }>();

/** Found once while no state and no setting of a node changes. */
function knownNames(nodes: readonly NodeView[]): Names {
  const [first] = nodes;
  if (!first) return new Map();
  const { states, settings } = first.shared;
  const version = `${states.version} ${settings.version}`;
  const before = known.get(nodes);
  if (before?.version === version) return before.names;
  const names = namesOf(nodes);
  known.set(nodes, { version, names });
  return names;
}

/** Only namespaces that are somebody's have a name to tell; an address of two is nobody's name. */
function namesOf(nodes: readonly NodeView[]): Names {
  const names = new Map<string, string | null>();
  for (const node of nodes) {
    for (const [netns, list] of node.states) {
      const own = isOwn(node, netns) ? `node ${node.name}` : undefined;
      for (const { at, state: { links } } of list) {
        const name = holderWords(holderAt(node, netns, at)) ?? own ?? null;
        for (const { addresses } of links) {
          for (const { address } of addresses) {
            if (isLoopback(address) || isLinkLocal(address)) continue;
            const before = names.get(address);
            names.set(address, before === undefined || before === name ? name : null);
          }
        }
      }
    }
  }
  for (const [address, name] of names) if (name === null) names.delete(address);
  return names;
}

/** Each link has its own of these. */
const isLinkLocal = (address: string) => /^(?:fe[89ab][0-9a-f]:|169\.254\.)/i.test(address);

function namedEnd(end: End, names: NameOf): End {
  const name = names(end.address);
  return name ? { ...end, name } : end;
}

function namedProblem(problem: Problem, names: NameOf): Problem {
  const known = problem.from.flatMap((address) => {
    const name = names(address);
    return name ? [[address, name] as const] : [];
  });
  const to = namedEnd(problem.to, names);
  if (known.length === 0) return to === problem.to ? problem : { ...problem, to };
  return { ...problem, to, fromNames: Object.fromEntries(known) };
}

function namedExchange(exchange: Exchange, names: NameOf): Exchange {
  const client = namedEnd(exchange.client, names);
  const server = namedEnd(exchange.server, names);
  if (client === exchange.client && server === exchange.server) return exchange;
  const key = JSON.stringify([client.name, server.name]);
  return keptExchange(exchange, key, () => ({ ...exchange, client, server }));
}

function namedFlow(flow: Flow, names: NameOf): Flow {
  const sourceName = names(flow.source);
  const destinationName = names(flow.destination);
  if (!sourceName && !destinationName) return flow;
  return keptFlow(flow, JSON.stringify([sourceName, destinationName]), () => ({
    ...flow,
    ...(sourceName ? { sourceName } : {}),
    ...(destinationName ? { destinationName } : {}),
  }));
}
