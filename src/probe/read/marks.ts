/**
 * Whether packets of a flow of UDP without an id differ in what their digest is made of, by those that
 * were told. Rule O23. A mark is of the packet's payload: it stays in this process.
 */
import type { Event } from "../../event/event.ts";

const UDP = 17;
const marks = new WeakMap<Event, number>();

/** Notes the mark of a packet that was told, where it has a digest; 0 is none. */
export function noteMark(event: Event, mark: number): void {
  const { protocol, network, ipId = 0 } = event;
  if (mark === 0 || protocol !== UDP || (network === "ip4" && ipId !== 0)) return;
  marks.set(event, mark);
}

/** So many packets are looked at, the last ones. */
const LOOKED_AT = 32;

/** Marks of packets of one flow at one place. */
export class Marks {
  #place = "";
  readonly #last: number[] = [];

  /** A packet that was told: those of one place say how they differ, at others they come again. */
  note(event: Event): void {
    const mark = marks.get(event);
    if (mark === undefined) return;
    const { netns, ifindex, kind } = event;
    const place = `${netns} ${ifindex} ${kind}`;
    if (this.#place === "") this.#place = place;
    if (place !== this.#place) return;
    this.#last.push(mark);
    if (this.#last.length > LOOKED_AT) this.#last.shift();
  }

  /**
   * No two of them are alike. So of two packets one in some hundred is taken for the other at the most,
   * and most likely none.
   */
  get areDistinct(): boolean {
    return this.#last.length === LOOKED_AT && new Set(this.#last).size === LOOKED_AT;
  }
}
