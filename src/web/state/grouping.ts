/** Flows that belong together, kept so while flows and exchanges change: only what is touched is joined anew. */
import type { Exchange, Flow } from "../../event/report.ts";
import type { Sequence } from "../../event/sequence.ts";
import type { Touched } from "../live/live_incident.ts";
import type { Group } from "./groups.ts";

/** What is joined. */
export interface Joinable {
  flows: ReadonlyMap<string, Flow>;
  exchanges: ReadonlyMap<string, Exchange>;
  flowOrder: Sequence<string>;
  exchangeOrder: Sequence<string>;
}

/** Groups that are no more, and those that are new or other than before. */
export interface Regrouped {
  gone: Group[];
  come: Group[];
}

/**
 * Who belongs to whom. Flows of an exchange stand together, the question first; where several exchanges
 * name a flow it is part of that of which it is the question, else of the one with the lowest id. Of the
 * others a reply stands under the flow that it answers. A group of no exchange stands where the first of
 * its flows stands.
 */
export class Grouping {
  #groupOf = new Map<string, Group>();
  /** By exchange: ids of its flows when it was last looked at, the question first. */
  #members = new Map<string, readonly string[]>();
  /** By flow: ids of exchanges that name it. */
  #claims = new Index();
  /** By flow: ids of flows that answer it, and what each of them answered when it was last looked at. */
  #replies = new Index();
  #replyOf = new Map<string, string>();

  constructor(readonly from: Joinable) {}

  /** The group of a flow; undefined: there is no such flow. */
  groupOf(flow: string): Group | undefined {
    return this.#groupOf.get(flow);
  }

  /** All groups: those of exchanges, then the others, worst first. */
  *all(): Generator<Group> {
    for (const id of this.from.exchangeOrder) {
      const question = this.from.exchanges.get(id)?.question;
      const group = question === undefined ? undefined : this.#groupOf.get(question);
      if (group?.exchange?.id === id) yield group;
    }
    for (const id of this.from.flowOrder) {
      const group = this.#groupOf.get(id);
      if (group !== undefined && group.exchange === undefined && this.leadOf(group) === id) {
        yield group;
      }
    }
  }

  /** The flow of a group of no exchange that stands before its others. */
  leadOf({ flows }: Group): string {
    let lead = flows[0]!.id;
    if (flows.length === 1) return lead;
    const { flowOrder } = this.from;
    for (const { id } of flows) if (flowOrder.indexOf(id) < flowOrder.indexOf(lead)) lead = id;
    return lead;
  }

  /** Joins all anew. */
  joinAll(): void {
    this.#groupOf.clear();
    this.#members.clear();
    this.#claims.clear();
    this.#replies.clear();
    this.#replyOf.clear();
    const { flows, exchanges } = this.from;
    for (const id of exchanges.keys()) this.#claim(id);
    for (const id of flows.keys()) this.#answer(id);
    this.#join(flows.keys());
  }

  /** Joins anew what these belong to, and what they belonged to before. */
  update({ flows, exchanges }: Touched): Regrouped {
    const affected = new Set<string>(flows);
    for (const id of exchanges) {
      for (const flow of this.#members.get(id) ?? []) affected.add(flow);
      this.#claim(id);
      for (const flow of this.#members.get(id) ?? []) affected.add(flow);
    }
    for (const id of flows) {
      const before = this.#replyOf.get(id);
      if (before !== undefined) affected.add(before);
      this.#answer(id);
    }
    // A set grows while it is walked: so all that hangs together is in it at the end.
    const gone = new Set<Group>();
    for (const id of affected) {
      const group = this.#groupOf.get(id);
      if (group !== undefined) {
        gone.add(group);
        for (const flow of group.flows) affected.add(flow.id);
      }
      for (const exchange of this.#claims.of(id)) {
        for (const flow of this.#members.get(exchange)!) affected.add(flow);
      }
      for (const flow of this.#replies.of(id)) affected.add(flow);
      const root = this.#replyOf.get(id);
      if (root !== undefined) affected.add(root);
    }
    for (const id of affected) this.#groupOf.delete(id);
    return { gone: [...gone], come: this.#join(affected) };
  }

  /** Notes which flows an exchange names. */
  #claim(id: string): void {
    for (const flow of this.#members.get(id) ?? []) this.#claims.delete(flow, id);
    this.#members.delete(id);
    const exchange = this.from.exchanges.get(id);
    if (exchange === undefined) return;
    const { question, answer, otherAnswers = [] } = exchange;
    const ids = [question, answer, ...otherAnswers].filter((one) => one !== undefined);
    this.#members.set(id, ids);
    for (const flow of ids) this.#claims.add(flow, id);
  }

  /** Notes which flow another one answers. */
  #answer(id: string): void {
    const before = this.#replyOf.get(id);
    if (before !== undefined) this.#replies.delete(before, id);
    const replyOf = this.from.flows.get(id)?.replyOf;
    if (replyOf === undefined || replyOf === id) this.#replyOf.delete(id);
    else {
      this.#replyOf.set(id, replyOf);
      this.#replies.add(replyOf, id);
    }
  }

  #join(ids: Iterable<string>): Group[] {
    const come: Group[] = [];
    const put = (group: Group) => {
      come.push(group);
      for (const { id } of group.flows) this.#groupOf.set(id, group);
    };
    const { flows, exchanges, flowOrder } = this.from;
    for (const id of ids) {
      if (this.#groupOf.has(id) || !flows.has(id)) continue;
      const owner = this.#ownerOf(id);
      if (owner !== null) {
        const own = [...new Set(this.#members.get(owner))]
          .filter((flow) => flows.has(flow) && this.#ownerOf(flow) === owner);
        put({ exchange: exchanges.get(owner)!, flows: own.map((flow) => flows.get(flow)!) });
        continue;
      }
      const root = this.#rootOf(id);
      const replies = [...this.#replies.of(root)]
        .filter((reply) => flows.has(reply) && this.#rootOf(reply) === root)
        .sort((a, b) => flowOrder.indexOf(a) - flowOrder.indexOf(b));
      put({ flows: [root, ...replies].map((flow) => flows.get(flow)!) });
    }
    return come;
  }

  /** The exchange that a flow is part of; null: of none. A flow is part of its own question first. */
  #ownerOf(flow: string): string | null {
    const asked = this.#questionOf(flow);
    if (asked !== null) return asked;
    let owner: string | null = null;
    for (const id of this.#claims.of(flow)) {
      const { question } = this.from.exchanges.get(id)!;
      const isWhole = this.from.flows.has(question) && this.#questionOf(question) === id;
      if (isWhole && (owner === null || id < owner)) owner = id;
    }
    return owner;
  }

  #questionOf(flow: string): string | null {
    let owner: string | null = null;
    for (const id of this.#claims.of(flow)) {
      const isQuestion = this.from.exchanges.get(id)!.question === flow;
      if (isQuestion && (owner === null || id < owner)) owner = id;
    }
    return owner;
  }

  /** The flow that a flow of no exchange stands under: itself, or what it answers and answers nothing. */
  #rootOf(id: string): string {
    const root = this.#replyOf.get(id);
    if (root === undefined || this.#ownerOf(id) !== null) return id;
    const isRoot = this.from.flows.has(root) && !this.#replyOf.has(root) &&
      this.#ownerOf(root) === null;
    return isRoot ? root : id;
  }
}

/** Ids by an id. Most have one: a set for each of thousands would take long to make. */
class Index {
  #ids = new Map<string, string | Set<string>>();

  of(key: string): Iterable<string> {
    const ids = this.#ids.get(key);
    return typeof ids === "string" ? [ids] : ids ?? [];
  }

  add(key: string, id: string): void {
    const ids = this.#ids.get(key);
    if (ids === undefined) this.#ids.set(key, id);
    else if (typeof ids !== "string") ids.add(id);
    else if (ids !== id) this.#ids.set(key, new Set([ids, id]));
  }

  delete(key: string, id: string): void {
    const ids = this.#ids.get(key);
    if (ids === undefined) return;
    if (typeof ids !== "string") ids.delete(id);
    if (ids === id || (typeof ids !== "string" && ids.size === 0)) this.#ids.delete(key);
  }

  clear(): void {
    this.#ids.clear();
  }
}
