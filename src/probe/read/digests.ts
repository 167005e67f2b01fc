/**
 * What a secret of the probe makes of a datagram without an id, and whether packets of a flow differ in
 * that, by those that were told. Rules O23, O30.
 */
import { DIGEST_RANGE } from "../../event/digest.ts";
import type { Event } from "../../event/event.ts";

const UDP = 17;

/** The digest by what a secret made of a packet, 32 bits of both: the middle of its square. */
export function squared(mark: number): number {
  // Of its halves, because a number holds no more than 53 bits of a product.
  const [high, low] = [Math.floor(mark / 0x10000), mark % 0x10000];
  return (high * high * 0x10000 + 2 * high * low + Math.floor(low * low / 0x10000)) % DIGEST_RANGE;
}

/**
 * Keeps the digest of a packet that was told, by what a secret made of it; 0 is none. What was put together of several,
 * or is a part of one, has none that others would have again.
 */
export function readDigest(event: Event, mark: number): void {
  const { protocol, network, ipId = 0, gsoSize, fragmentOffset } = event;
  if (mark === 0 || protocol !== UDP || (network === "ip4" && ipId !== 0)) return;
  if (gsoSize !== undefined || fragmentOffset !== undefined) return;
  event.digest = squared(mark);
}

/** Says by which secret the digest is. */
export function bySecret(event: Event, secretNumber: number): void {
  if (event.digest !== undefined) event.digest += secretNumber * DIGEST_RANGE;
}

/** So many packets are looked at, the last ones. */
const LOOKED_AT = 32;

/** Digests of packets of one flow at one place. */
export class Digests {
  #place = "";
  readonly #last: number[] = [];

  /** A packet that was told: those of one place say how they differ, at others they come again. */
  note({ digest, netns, ifindex, kind }: Event): void {
    if (digest === undefined) return;
    const place = `${netns} ${ifindex} ${kind}`;
    if (this.#place === "") this.#place = place;
    if (place !== this.#place) return;
    this.#last.push(digest);
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
