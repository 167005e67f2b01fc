/** How many exchanges with one server failed alike, and whether it was one of its end points. */
import type { Cause, Evidence, Exchange, Flow } from "../../event/report.ts";
import { Counted } from "../view/ordered.ts";
import { endText, worstExchangeFirst } from "./exchange_report.ts";
import { kept } from "./kept.ts";

/** End points that are named. */
const NAMED_MAX = 3;

interface Member {
  exchange: Exchange;
  /** Where the question was translated to. */
  to: string;
  node: string;
}

const isAnswered = ({ exchange }: Member) =>
  exchange.outcome === "answered" || exchange.outcome === "slow";

const isFailed = (member: Member) => member.exchange.cause !== undefined && !isAnswered(member);

/** Translated exchanges with one server. */
class Service {
  readonly members = new Map<string, Member>();
  /** Where those that failed were translated to, and what they died of. */
  readonly #failed = new Counted<string>();
  readonly #answered = new Counted<string>();
  told: Evidence | null = null;

  change(way: "add" | "remove", member: Member): void {
    const { exchange, to } = member;
    if (way === "add") this.members.set(exchange.id, member);
    else this.members.delete(exchange.id);
    if (isFailed(member)) this.#failed[way](`${to} ${exchange.cause!.code}`);
    if (isAnswered(member)) this.#answered[way](to);
  }

  /** What each of them has to say, if all that failed were translated to one end point. */
  share(): Evidence | null {
    // Those that failed are looked at only where each of them has to say another number now.
    if (this.#failed.size !== 1 || this.#answered.size === 0) return null;
    const failed = [...this.members.values()].filter(isFailed);
    const first = failed.reduce((a, b) => worstExchangeFirst(a.exchange, b.exchange) < 0 ? a : b);
    if (this.#answered.has(first.to)) return null;
    const others = [...this.#answered.keys()].sort();
    const named = others.slice(0, NAMED_MAX).join(", ") +
      (others.length > NAMED_MAX ? " and others" : "");
    return {
      node: first.node,
      kind: "event",
      text: `${failed.length} of ${this.members.size} ${
        first.exchange.protocol === "tcp" ? "connections" : "exchanges"
      } with ${
        endText(first.exchange.server)
      } failed so, all translated to ${first.to}; those translated to ${named} were answered`,
    };
  }
}

/**
 * Services that work now and then: causes of exchanges that failed say so where all of them were translated
 * to one end point and those that were translated to others were answered.
 */
export class Shares {
  readonly #services = new Map<string, Service>();
  readonly #keys = new Map<string, string>();

  /**
   * Looks again at the exchanges with these ids, each that of its question's flow. Returns the ids of all
   * of which something else is said than before.
   */
  change(
    ids: Iterable<string>,
    exchangeOf: (id: string) => Exchange | undefined,
    flowOf: (id: string) => Flow | undefined,
  ): Set<string> {
    const touched = new Set<string>();
    for (const id of ids) {
      const before = this.#keys.get(id);
      if (before !== undefined) {
        const service = this.#services.get(before)!;
        service.change("remove", service.members.get(id)!);
        this.#keys.delete(id);
        touched.add(before);
      }
      const member = memberOf(exchangeOf(id), flowOf(id));
      if (!member) continue;
      const { protocol, server } = member.exchange;
      const key = `${protocol} ${endText(server)}`;
      const service = this.#services.get(key) ?? new Service();
      this.#services.set(key, service);
      service.change("add", member);
      this.#keys.set(id, key);
      touched.add(key);
    }
    const others = new Set<string>();
    for (const key of touched) {
      const service = this.#services.get(key)!;
      const before = service.told;
      service.told = service.share();
      if (before?.text !== service.told?.text || before?.node !== service.told?.node) {
        for (const id of service.members.keys()) others.add(id);
      }
      if (service.members.size === 0) this.#services.delete(key);
    }
    return others;
  }

  /** The exchange with what is said in its cause. */
  ofExchange(exchange: Exchange): Exchange {
    const told = this.#toldOf(exchange.id);
    const { cause } = exchange;
    if (!told || !cause) return exchange;
    const make = () => ({ ...exchange, cause: withEvidence(cause, told) });
    return keptExchange(exchange, JSON.stringify(told), make);
  }

  /** The flow of the question with what is said in its cause. */
  ofFlow(flow: Flow): Flow {
    const told = this.#toldOf(flow.id);
    const { cause } = flow;
    if (!told || !cause) return flow;
    const make = () => ({ ...flow, cause: withEvidence(cause, told) });
    return keptFlow(flow, JSON.stringify(told), make);
  }

  #toldOf(id: string): Evidence | null {
    const key = this.#keys.get(id);
    return key === undefined ? null : this.#services.get(key)!.told;
  }
}

const keptExchange = kept<Exchange, Exchange>();
const keptFlow = kept<Flow, Flow>();

const withEvidence = (cause: Cause, evidence: Evidence): Cause => ({
  ...cause,
  evidence: [...cause.evidence, evidence],
});

/** Null for what was not translated. */
function memberOf(exchange: Exchange | undefined, flow: Flow | undefined): Member | null {
  const { destination, destinationPort } = flow?.translated ?? {};
  if (!exchange || !flow || destination === undefined || destination === exchange.server.address) {
    return null;
  }
  const to = endText({
    address: destination,
    ...(destinationPort === undefined ? {} : { port: destinationPort }),
  });
  return { exchange, to, node: flow.path[0]!.node };
}
