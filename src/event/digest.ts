/**
 * The digest of a datagram without an id: what a secret of the probe makes of its length and of the first
 * eight bytes of its payload, and which secret that was. Rules O23, O30, C6.
 */
import type { Event } from "./event.ts";

/** What a secret makes is below this; above it stands the secret's number. */
export const DIGEST_RANGE = 2 ** 32;

/** A place tells what all its packets add modulo this. */
export const DIGEST_SUM_RANGE = 2 ** 40;

/** What the packet adds to the digest of all that a place counts; undefined: it has none. */
export const digestOf = ({ digest }: Event): number | undefined =>
  digest === undefined ? undefined : digest % DIGEST_RANGE;

/** The number of the secret by which a digest is. */
export const secretOf = (digest: number): number => Math.floor(digest / DIGEST_RANGE);

/** Two datagrams with digests by one secret are not the same. */
export const haveOtherDigests = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b && secretOf(a) === secretOf(b);
