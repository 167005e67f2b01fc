/**
 * How much may come: events and bytes per second of one probe, of one incident and of all together.
 * Token buckets (https://en.wikipedia.org/wiki/Token_bucket) that may go below zero: a body is let in
 * while its bucket is not negative, whatever its size, and is charged when it was read. The next one
 * waits until the debt is paid, so that on average no more comes than the limit says. Pure but for
 * its clock: it runs in the ingest's process and inside a Durable Object alike.
 */
import type { Clock } from "../clock.ts";

/** Rates that are let in: events and characters per second. */
export interface AdmissionLimits {
  /** Of one probe of one incident; bytes are characters after decompression, here and below. */
  probeEventsPerSecond: number;
  /** Characters of one probe. */
  probeBytesPerSecond: number;
  /** Of one incident. */
  incidentEventsPerSecond: number;
  /** Characters of one incident. */
  incidentBytesPerSecond: number;
  /** Of all incidents together. */
  accountEventsPerSecond: number;
  /** Characters of all incidents together. */
  accountBytesPerSecond: number;
  /** What fits in a full bucket: so many seconds of its rate may come at once after silence. */
  burstSeconds: number;
}

/** How much came. */
export interface Load {
  events: number;
  /** Characters of lines, after decompression. */
  bytes: number;
}

/** That something must wait, and whose rate was exceeded. */
export interface Wait {
  /** Whole seconds, at least 1. */
  seconds: number;
  scope: "probe" | "incident" | "account";
}

/** What is asked of the counts. */
export interface AdmissionPort {
  /** How long a body for this incident must wait; null: it may come now. */
  incidentWait(incident: string): Wait | null;
  /** The same for the batches of one probe in it. */
  probeWait(incident: string, probe: string): Wait | null;
  /** What came: it counts against the probe, the incident and the account. */
  charge(incident: string, probe: string, load: Load): void;
}

/** Keys are bounded: the bucket unused for longest is forgotten, which makes it a full one. */
const BUCKETS_MAX = 20_000;

type Scope = Wait["scope"];

/** Seconds of each rate that are left, at `atMs`. */
interface Bucket extends Load {
  atMs: number;
}

/** Counts in this process. */
export class Admission implements AdmissionPort {
  #buckets = new Map<string, Bucket>();
  /** Keys of probes that had less than nothing left when they last came. */
  #owing = new Set<string>();
  #perSecond: Record<Scope, Load>;

  constructor(readonly limits: AdmissionLimits, readonly clock: Clock) {
    this.#perSecond = {
      probe: { events: limits.probeEventsPerSecond, bytes: limits.probeBytesPerSecond },
      incident: { events: limits.incidentEventsPerSecond, bytes: limits.incidentBytesPerSecond },
      account: { events: limits.accountEventsPerSecond, bytes: limits.accountBytesPerSecond },
    };
  }

  get buckets(): number {
    return this.#buckets.size;
  }

  incidentWait(incident: string): Wait | null {
    return this.#wait("account", "") ?? this.#wait("incident", incident);
  }

  probeWait(incident: string, probe: string): Wait | null {
    return this.#wait("probe", `${incident} ${probe}`);
  }

  /** The probes of an incident that must wait. */
  probesWaiting(incident: string): [probe: string, wait: Wait][] {
    const found: [string, Wait][] = [];
    for (const key of this.#owing) {
      const [ofIncident, probe] = [key.slice(0, incident.length), key.slice(incident.length + 1)];
      const wait = this.#wait("probe", key);
      if (wait === null) this.#owing.delete(key);
      else if (ofIncident === incident) found.push([probe, wait]);
    }
    return found;
  }

  charge(incident: string, probe: string, load: Load): void {
    this.#take("account", "", load);
    this.#take("incident", incident, load);
    this.#take("probe", `${incident} ${probe}`, load);
  }

  #wait(scope: Scope, key: string): Wait | null {
    const { events, bytes } = this.#filled(scope, key);
    const lacking = Math.max(-events, -bytes);
    return lacking <= 0 ? null : { scope, seconds: Math.max(1, Math.ceil(lacking)) };
  }

  #take(scope: Scope, key: string, load: Load): void {
    const bucket = this.#filled(scope, key);
    const perSecond = this.#perSecond[scope];
    bucket.events -= load.events / perSecond.events;
    bucket.bytes -= load.bytes / perSecond.bytes;
    const name = `${scope} ${key}`;
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (scope === "probe" && (bucket.events < 0 || bucket.bytes < 0)) this.#noteOwing(key);
    if (this.#buckets.size > BUCKETS_MAX) {
      this.#buckets.delete(this.#buckets.keys().next().value!);
    }
  }

  #noteOwing(key: string): void {
    this.#owing.add(key);
    if (this.#owing.size > BUCKETS_MAX) this.#owing.delete(this.#owing.keys().next().value!);
  }

  /** As it is now. One that nobody has used is full, and is not kept for being looked at. */
  #filled(scope: Scope, key: string): Bucket {
    const { burstSeconds } = this.limits;
    const nowMs = this.clock.monotonicMs();
    const known = this.#buckets.get(`${scope} ${key}`);
    if (known === undefined) return { events: burstSeconds, bytes: burstSeconds, atMs: nowMs };
    const seconds = (nowMs - known.atMs) / 1000;
    return {
      events: Math.min(burstSeconds, known.events + seconds),
      bytes: Math.min(burstSeconds, known.bytes + seconds),
      atMs: nowMs,
    };
  }
}
