/** One problem: what belongs to one fault, at one place or several, with what it rests on. */
import type { PacketCounts } from "../../event/report.ts";
import { added, countOf, taken } from "../verdict/withheld.ts";
import { changeInOrder, Counted, Numbers } from "../view/ordered.ts";
import { wallMsAt } from "../view/time_of_day.ts";
import type { Change } from "./course.ts";
import { bestFirst } from "./fold.ts";
import type { Healing } from "./healing.ts";
import type { Part } from "./part.ts";
import type { Pass } from "./passing.ts";
import type { Trouble } from "./trouble.ts";

const inOrder = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0;

/** Troubles of one fault, counted while they come and go. */
export class Problem {
  /** By its place. */
  readonly parts = new Map<string, Part>();
  /** When something failed, ms since 1970. */
  readonly failedMs = new Numbers();
  /** When something of the kind was asked that got through, ms since 1970. */
  readonly askedMs = new Numbers();
  /** Addresses of those who failed, in their order. */
  clients: string[] = [];
  /** Packets of all flows that show it. */
  packets: PacketCounts = countOf([]);
  readonly #clients = new Counted<string>();
  readonly #flows = new Counted<string>();
  readonly #asked = new Counted<string>();
  readonly #askedBy = new Map<string, number>();
  /** Packets that were counted where no single one shows the loss, and those that were lost. */
  counted = { packets: 0, lost: 0 };
  /** Questions of those who failed that got through. */
  passed = 0;

  /** `key`: why its troubles are one problem, the same in every run over the same events. */
  constructor(readonly key: string) {}

  /** Exchanges that failed, and flows of none. */
  get asked(): number {
    return this.#asked.size;
  }

  get isNone(): boolean {
    return this.#asked.size === 0;
  }

  /** The flow that shows it, where that is one. */
  get onlyFlow(): string | undefined {
    return this.#flows.size === 1 ? [...this.#flows.keys()][0] : undefined;
  }

  /** The trouble that shows it best. */
  get first(): Trouble {
    return this.#partsInOrder()[0]!.troubles[0]!;
  }

  /** All that belongs to it, in no order. */
  *troubles(): Iterable<Trouble> {
    for (const part of this.parts.values()) yield* part.troubles;
  }

  #partsInOrder(): Part[] {
    return [...this.parts.values()].sort((a, b) => bestFirst(a.troubles[0]!, b.troubles[0]!));
  }

  /** Takes troubles that went, and some that came. */
  change({ gone, come }: Change<Trouble>): void {
    const timesOf = ({ place, failedAt }: Trouble) =>
      failedAt.map((at) => wallMsAt(place.node, at));
    this.failedMs.change(gone.flatMap(timesOf), come.flatMap(timesOf));
    const clients: Change<string> = { gone: [], come: [] };
    for (const trouble of gone) {
      this.#asked.remove(askedOf(trouble));
      if (this.#flows.remove(trouble.flow)) this.packets = taken(this.packets, trouble.packets);
      if (this.#clients.remove(trouble.client)) clients.gone.push(trouble.client);
    }
    for (const trouble of come) {
      this.#asked.add(askedOf(trouble));
      if (this.#flows.add(trouble.flow)) this.packets = added(this.packets, trouble.packets);
      if (this.#clients.add(trouble.client)) clients.come.push(trouble.client);
    }
    for (const { counted } of gone) this.#count(counted, -1);
    for (const { counted } of come) this.#count(counted, 1);
    for (const client of clients.gone) this.passed -= this.#askedBy.get(client) ?? 0;
    for (const client of clients.come) this.passed += this.#askedBy.get(client) ?? 0;
    this.clients = changeInOrder(this.clients, inOrder, clients.gone, clients.come);
  }

  #count(counted: Trouble["counted"], by: number): void {
    if (counted === undefined) return;
    const { packets, lost } = this.counted;
    this.counted = { packets: packets + by * counted.packets, lost: lost + by * counted.lost };
  }

  /** Takes what got through of its kind, at any of its places. */
  pass({ gone, come }: Change<Pass>): void {
    const isQuestion = (pass: Pass) => pass.isQuestion;
    const asked = { gone: gone.filter(isQuestion), come: come.filter(isQuestion) };
    this.askedMs.change(
      asked.gone.map(({ wallMs }) => wallMs),
      asked.come.map(({ wallMs }) => wallMs),
    );
    for (const { client } of asked.gone) this.#askOf(client, -1);
    for (const { client } of asked.come) this.#askOf(client, 1);
  }

  #askOf(client: string, by: number): void {
    const count = (this.#askedBy.get(client) ?? 0) + by;
    if (count > 0) this.#askedBy.set(client, count);
    else this.#askedBy.delete(client);
    if (this.#clients.has(client)) this.passed += by;
  }

  /** It is healed when it is active nowhere, and since when its last place is. */
  tell(): Healing {
    const parts = this.#partsInOrder().map((part) => part.tell());
    const has = (state: Healing["state"]) => parts.some((part) => part.state === state);
    const state = has("active") ? "active" : has("healed") ? "healed" : "ended";
    const times = parts.flatMap(({ healedMs }) => healedMs ?? []);
    return {
      state,
      courses: parts.flatMap(({ courses }) => courses),
      ...(state === "healed" ? { healedMs: Math.max(...times) } : {}),
      deliveredSince: parts.reduce((total, part) => total + part.deliveredSince, 0),
    };
  }
}

/** What failed, by the id of the question or of the flow: a question counts once. */
export const askedOf = ({ exchange, flow }: Trouble): string => exchange?.id ?? flow;
