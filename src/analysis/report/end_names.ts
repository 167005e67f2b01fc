/** Who has the addresses that a report names: pods, containers, services, nodes, by their own state. */
import { holderWords } from "../../event/holder_names.ts";
import { around, type Cluster } from "../cluster/cluster.ts";
import { nameOf, nodePortName } from "../cluster/names.ts";
import { portProtocol } from "../cluster/port_protocols.ts";
import type { End, Exchange, Flow, Problem } from "../../event/report.ts";
import { isLoopback } from "../view/address.ts";
import { kept } from "./kept.ts";
import { holderAt, isOwn } from "../view/netns_names.ts";
import type { NodeView } from "../view/timeline.ts";

const keptExchange = kept<Exchange, Exchange>();
const keptFlow = kept<Flow, Flow>();

/** An address to who has it. Null: several do, or did one after the other. */
type Names = ReadonlyMap<string, string | null>;

/** Gives the name of an address, or of the service that its port leads to. */
type NameOf = (address: string, asked?: { protocol: string; port?: number }) => string | undefined;

/** When something of which ends are named was seen. */
interface During {
  firstAt?: string;
  lastAt?: string;
}

/**
 * [H6] Names of ends, where the state of one node tells them without a doubt, or else [H7] the API of the
 * cluster told one name at that time. It alone knows the service of a node's port.
 */
export class EndNames {
  #names: Names = new Map();
  #cluster: Cluster | null = null;
  #problems = new WeakMap<Problem, Problem>();
  #version = "";
  #clusterVersion = 0;

  /** Takes what the nodes and the cluster tell now. Whether any name may be another one than before. */
  take(nodes: readonly NodeView[], cluster: Cluster): boolean {
    const isOther = this.#takeNodes(nodes);
    const { version } = cluster.source;
    const isOtherCluster = this.#cluster !== cluster || this.#clusterVersion !== version;
    this.#cluster = cluster;
    this.#clusterVersion = version;
    if (!isOther && !isOtherCluster) return false;
    this.#problems = new WeakMap();
    return true;
  }

  #takeNodes(nodes: readonly NodeView[]): boolean {
    const [first] = nodes;
    const { states, settings } = first?.shared ?? {};
    const version = `${nodes.length} ${states?.version} ${settings?.version}`;
    if (version === this.#version) return false;
    this.#version = version;
    const names = namesOf(nodes);
    const isSame = names.size === this.#names.size &&
      [...names].every(([address, name]) => this.#names.get(address) === name);
    if (!isSame) this.#names = names;
    return !isSame;
  }

  #during({ firstAt, lastAt }: During): NameOf {
    const cluster = this.#cluster;
    const time = firstAt === undefined || lastAt === undefined || !cluster?.isTold
      ? undefined
      : around(Date.parse(firstAt), Date.parse(lastAt));
    const byPort: NameOf = (address, asked) => {
      if (!time || asked?.port === undefined) return undefined;
      const { port, protocol } = asked;
      return nodePortName(cluster!, { address, port, protocol: portProtocol(protocol) }, time);
    };
    return (address, asked) =>
      byPort(address, asked) ?? this.#names.get(address) ??
        (time && nameOf(cluster!, address, time));
  }

  /** The problem with the names of its ends. */
  ofProblem(problem: Problem): Problem {
    const known = this.#problems.get(problem);
    if (known) return known;
    const named = namedProblem(problem, this.#during(problem));
    this.#problems.set(problem, named);
    return named;
  }

  /** The exchange with the names of its ends. */
  ofExchange(exchange: Exchange): Exchange {
    return namedExchange(exchange, this.#during(exchange));
  }

  /** The flow with the names of its ends. */
  ofFlow(flow: Flow): Flow {
    return namedFlow(flow, this.#during(flow));
  }
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

function namedEnd(end: End, names: NameOf, protocol?: string): End {
  const asked = protocol === undefined ? undefined : { protocol, port: end.port };
  const name = names(end.address, asked);
  return name ? { ...end, name } : end;
}

function namedProblem(problem: Problem, names: NameOf): Problem {
  const known = problem.from.flatMap((address) => {
    const name = names(address);
    return name ? [[address, name] as const] : [];
  });
  const to = namedEnd(problem.to, names, problem.protocol);
  if (known.length === 0) return to === problem.to ? problem : { ...problem, to };
  return { ...problem, to, fromNames: Object.fromEntries(known) };
}

function namedExchange(exchange: Exchange, names: NameOf): Exchange {
  const client = namedEnd(exchange.client, names);
  const server = namedEnd(exchange.server, names, exchange.protocol);
  if (client === exchange.client && server === exchange.server) return exchange;
  const key = JSON.stringify([client.name, server.name]);
  return keptExchange(exchange, key, () => ({ ...exchange, client, server }));
}

function namedFlow(flow: Flow, names: NameOf): Flow {
  const sourceName = names(flow.source);
  const { protocol, destinationPort: port } = flow;
  const destinationName = names(flow.destination, { protocol, port });
  if (!sourceName && !destinationName) return flow;
  return keptFlow(flow, JSON.stringify([sourceName, destinationName]), () => ({
    ...flow,
    ...(sourceName ? { sourceName } : {}),
    ...(destinationName ? { destinationName } : {}),
  }));
}
