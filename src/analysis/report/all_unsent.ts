/** Packets that were never made, from one report to the next. Rules G6 and D5. */
import type { FilterNode, FilterPacket } from "../../event/filter/mod.ts";
import type { Flow } from "../../event/report.ts";
import { isWanted } from "../verdict/incident.ts";
import { noted, Questions } from "../view/asked.ts";
import { type Asides, lookupsWithoutPacket } from "../view/evidence.ts";
import type { Difference } from "./shown.ts";
import { answerKeys } from "./address_selection.ts";
import { askersOf } from "./asker.ts";
import { type MadeFlows, type Unsent, unsentFlows } from "./unsent.ts";

const NUMBERS: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 };

function formOfFlow(flow: Flow): FilterPacket {
  const network = flow.destination.includes(":") ? "ip6" : "ip4";
  return { ...flow, network, protocol: NUMBERS[flow.protocol] ?? Number(flow.protocol) };
}

const NONE: readonly never[] = [];

/** What could not be sent in one incident. */
export class AllUnsent implements MadeFlows {
  readonly #ids = new Map<string, Flow>();
  /** By `keysOf`; null until somebody asks. */
  #byKey: Map<string, Set<Flow>> | null = null;
  /** Keys and ids that were asked for. */
  #askedFor = new Set<string>();
  #asked = new Questions();
  #unsent: readonly Unsent[] | null = null;

  /** Takes flows of which packets were made. */
  change({ gone, come }: Difference<Flow>): void {
    for (const flow of gone) {
      if (this.#ids.get(flow.id) === flow) this.#ids.delete(flow.id);
      for (const end of this.#doubt(flow)) {
        const own = this.#byKey?.get(end);
        own?.delete(flow);
        if (own?.size === 0) this.#byKey!.delete(end);
      }
    }
    for (const flow of come) {
      this.#ids.set(flow.id, flow);
      for (const end of this.#doubt(flow)) put(this.#byKey!, end, flow);
    }
  }

  /** The keys that it is found by; none while nobody looked for any. */
  #doubt(flow: Flow): string[] {
    if (this.#byKey === null) return [];
    const ends = keysOf(flow);
    if ([...ends, flow.id].some((key) => this.#askedFor.has(key))) this.#unsent = null;
    return ends;
  }

  /** What could not be sent now; the same array while it is the same. */
  tell(evidence: Asides, filter: FilterNode): readonly Unsent[] {
    if (lookupsWithoutPacket(evidence).length === 0) return this.#unsent = NONE;
    if (this.#unsent !== null && this.#unsent !== NONE && this.#asked.hold()) return this.#unsent;
    this.#asked.end();
    this.#asked = new Questions();
    this.#askedFor = new Set();
    this.#unsent = noted(
      this.#asked,
      // What would have answered a flow of the report belongs to it, whatever it was translated to.
      () =>
        unsentFlows(evidence, this).filter(({ flow, request }) =>
          request !== undefined || isWanted([formOfFlow(flow)], filter)
        ),
    );
    return this.#unsent;
  }

  foundBy(key: string): Iterable<Flow> {
    this.#askedFor.add(key);
    if (this.#byKey === null) {
      this.#byKey = new Map();
      for (const flow of this.#ids.values()) {
        for (const one of keysOf(flow)) put(this.#byKey, one, flow);
      }
    }
    return this.#byKey.get(key) ?? NONE;
  }

  has(id: string): boolean {
    this.#askedFor.add(id);
    return this.#ids.has(id);
  }
}

/** What a flow is found by. */
const keysOf = (flow: Flow): string[] => [...askersOf(flow), ...answerKeys(flow)];

function put(index: Map<string, Set<Flow>>, end: string, flow: Flow): void {
  const own = index.get(end);
  if (own) own.add(flow);
  else index.set(end, new Set([flow]));
}
