/**
 * A large incident that goes on: a report of thousands of flows, and the changes that a hub tells of
 * it. The same seed gives the same incident.
 */
import type { Exchange, Flow, Problem, Report } from "../../../src/event/report.ts";
import { cause, ends, flow, hops, node, report } from "../../../src/web/fixture/build.ts";
import { problem } from "../../../src/web/fixture/problems.ts";

/** How large it is. */
export interface Size {
  flows: number;
  problems: number;
  nodes: number;
}

const START = Date.parse("2026-11-20T03:12:40.000Z");
/** Seconds over which the connections began. */
const SPAN = 600;
/** Of so many connections one fails. */
const FAILS = 8;

const time = (second: number) => new Date(START + second * 1000).toISOString();

/** What a connection is told with. */
export interface Connection {
  flows: [Flow] | [Flow, Flow];
  exchange: Exchange;
}

/** The incident, and what changes in it. */
export class BusyIncident {
  readonly connections: Connection[] = [];
  readonly problems: Problem[];
  #made = 0;
  #events = 1_000_000;

  constructor(readonly size: Size) {
    this.problems = Array.from({ length: size.problems }, (_, i) => this.#problem(i));
    for (let flows = 0; flows < size.flows;) {
      const one = this.#connection();
      this.connections.push(one);
      flows += one.flows.length;
    }
  }

  /** The whole report, worst first. */
  report(): Report {
    const failing = this.connections.filter(({ flows }) => flows.length === 1);
    const well = this.connections.filter(({ flows }) => flows.length === 2);
    const all = [...failing, ...well];
    return {
      ...report("busy", this.#nodes(), all.flatMap(({ flows }) => flows)),
      from: time(0),
      to: time(SPAN),
      exchanges: all.map(({ exchange }) => exchange),
      problems: this.problems,
    };
  }

  /**
   * One change: a connection that had packets, or a new one in every fifth. Its events in order, as a
   * hub tells them to a page, which asks for differences of lists.
   */
  change(number: number): [event: string, data: unknown][] {
    const isNew = number % 5 === 0;
    const { length } = this.connections;
    const one = isNew ? this.#connection() : this.#grown(number * 7919 % length);
    if (isNew) this.connections.push(one);
    this.#events += 12;
    return [
      ...one.flows.map((flow): [string, unknown] => ["flow", { flow }]),
      ["exchange", { exchange: one.exchange }],
      ["summary", {
        from: time(0),
        to: time(SPAN + number / 50),
        accounting: { ...report("busy", [], []).accounting, events: this.#events },
        // A failing one stands before all that are well.
        ...isNew && one.flows.length === 1 && {
          places: [[one.flows[0].id, 0]],
          exchangePlaces: [[one.exchange.id, 0]],
        },
        differences: {
          nodes: { set: [this.#node(number % this.size.nodes)] },
          ...number % 10 === 0 && { problems: { set: [this.#grownProblem(number)] } },
        },
      }],
    ];
  }

  #grownProblem(number: number): Problem {
    const at = number / 10 % this.problems.length;
    const old = this.problems[at]!;
    return this.problems[at] = { ...old, flows: old.flows + 1, clients: old.clients + number % 2 };
  }

  #grown(index: number): Connection {
    const { flows, exchange } = this.connections[index]!;
    const more = (one: Flow): Flow => {
      const { packets } = one;
      const key = one.outcome === "dropped" ? "dropped" : "delivered";
      const grown = { ...packets, seen: packets.seen + 1, [key]: packets[key] + 1 };
      return { ...one, packets: grown };
    };
    const grown = { flows: flows.map(more) as Connection["flows"], exchange: { ...exchange } };
    return this.connections[index] = grown;
  }

  #nodes() {
    return Array.from({ length: this.size.nodes }, (_, i) => this.#node(i));
  }

  #node(i: number) {
    return node(`node-${i}`, ["host", `pod-${i}`], { events: Math.floor(this.#events / 100) + i });
  }

  #problem(i: number): Problem {
    const why = cause(
      "netfilter-drop",
      "proven",
      `Rule handle ${i} of inet filter forward drops tcp to port ${80 + i} in host on node-${i}.`,
      [{ node: `node-${i}`, kind: "state", text: `tcp dport ${80 + i} counter drop` }],
      [`nft delete rule inet filter forward handle ${i}`],
    );
    const path = hops(`node-${i}`, "host", ["eth0 physical device-rx", "eth0 physical drop"]);
    return problem({
      id: `p-${i}`,
      outcome: "dropped",
      cause: why,
      lastHop: path[1]!,
      to: { address: `10.96.0.${i}`, port: 80 + i },
      example: `c${i * FAILS}`,
      flows: 20,
      clients: 3,
    });
  }

  /** The next connection: a question that fails, or one with its answer. */
  #connection(): Connection {
    const number = this.#made++;
    const id = `c${number}`;
    const second = number * 0.061 % SPAN;
    const failing = number % FAILS === 0;
    const at = number / FAILS % this.problems.length;
    const client = `10.244.${number % 40}.${number % 250}`;
    const service = `10.96.0.${failing ? at : 250}`;
    const [port, to] = [32_768 + number % 28_000, failing ? 80 + at : 443];
    const times = {
      firstAt: time(second),
      lastAt: time(second + 0.2),
      rate: { from: time(Math.floor(second)), seconds: 1, counts: [5] },
    };
    const exchange: Exchange = {
      id,
      protocol: "tcp",
      client: { address: client, port },
      server: { address: service, port: to },
      outcome: failing ? "unanswered" : "answered",
      sentence: `${client}:${port} asked ${service}:${to} (tcp)`,
      question: id,
      firstAt: times.firstAt,
      lastAt: times.lastAt,
    };
    const question = { id, protocol: "tcp", ends: ends(client, service, port, to), ...times };
    if (failing) {
      const { cause: why, id: problemId } = this.problems[at]!;
      const path = hops(`node-${at}`, "host", ["eth0 physical device-rx", "eth0 physical drop"]);
      const one = { outcome: "dropped" as const, path, cause: why, problems: [problemId] };
      return {
        flows: [flow({ ...question, ...one })],
        exchange: { ...exchange, cause: why, problem: problemId },
      };
    }
    const path = hops(`node-${number % this.size.nodes}`, "host", [
      "veth1 veth device-rx",
      "cni0 bridge bridge-forward",
      "eth0 physical device-tx",
    ]);
    const answer = {
      ...question,
      id: `${id}-answer`,
      ends: ends(service, client, to, port),
      replyOf: id,
    };
    return {
      flows: [
        flow({ ...question, outcome: "delivered", path }),
        flow({ ...answer, outcome: "delivered", path: path.toReversed() }),
      ],
      exchange: { ...exchange, answer: answer.id, tookMs: 3.2 },
    };
  }
}
