/**
 * Where an event of an incident is kept when the incident is spread over shards. Rule D1: all
 * sightings of one packet, on whichever node, in whichever tunnel and form, meet in one shard.
 */
import type { Event } from "../../event/event.ts";
import { hash } from "../kernel/hash.ts";
import { claimOf } from "../correlate/chains.ts";
import { invariants } from "../correlate/identity.ts";

/** The key that an event's shard follows from; null for an event of no packet that is followed. */
export function placeKey(event: Event): string | null {
  return claimOf(event) === "packet" ? invariants(event) : null;
}

/**
 * Number of the shard, from 0, or null for the hub. When there are more shards than before, an
 * event stays where it is or moves to a new one (jump consistent hash, Lamping and Veach 2014).
 */
export function shardOf(event: Event, shards: number): number | null {
  const key = placeKey(event);
  return key === null ? null : jump(hash(key), shards);
}

const MASK = (1n << 64n) - 1n;

function jump(key: bigint, buckets: number): number {
  let bucket = 0;
  let next = 0;
  for (let state = key; next < buckets;) {
    bucket = next;
    state = (state * 2862933555777941757n + 1n) & MASK;
    next = Math.floor((bucket + 1) * (2 ** 31 / (Number(state >> 33n) + 1)));
  }
  return bucket;
}
