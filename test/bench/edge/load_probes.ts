/**
 * Probes as an ingest sees them, many in one process: the batcher, the shipper and the client of a real
 * one, without a kernel. Each has a token of its own, speaks as seldom as it is asked to when it has
 * nothing to tell, and obeys what it is answered.
 */
import { setTimeout as pause } from "node:timers/promises";
import { RemoteIngest } from "../../../src/cli/capture/remote_ingest.ts";
import type { IngestClient } from "../../../src/ingest/client/client.ts";
import { Batcher } from "../../../src/probe/ship/batcher.ts";
import { Shipper } from "../../../src/probe/ship/ship.ts";
import { eventsOfPing } from "./pings.ts";

export interface LoadShape {
  incident: string;
  /** How many there are, and how many of them see traffic: those with the lowest numbers. */
  probes: number;
  active: number;
  /** Packets a second from each of those to the next. */
  packetsPerSecond: number;
  flows: number;
}

const SCRIPTS = ["device_rx", "device_tx", "drop"].map((name) => ({
  name,
  state: "attached" as const,
}));

/** As a probe: how often it looks whether there is something to tell, and how often it may say none. */
const FLUSH_MS = 200;
const HEARTBEAT_MS = 1_000;

const NS_PER_MS = 1_000_000n;

/** What was posted and answered by all of them. */
export interface LoadFigures {
  batches: number;
  empty: number;
  events: number;
  notices: string[];
}

interface LoadProbe {
  batcher: Batcher;
  shipper: Shipper;
  /** When it last looked, ms since the begin; each has a phase of its own. */
  flushedMs: number;
  beatMs: number;
}

/** All probes of one incident. Time is what it is told, so that a test need not wait. */
export class LoadProbes {
  readonly figures: LoadFigures = { batches: 0, empty: 0, events: 0, notices: [] };
  #probes: LoadProbe[];
  #nowMs = 0;
  #packet = 0;
  #owed = 0;

  constructor(readonly shape: LoadShape, url: string, tokens: readonly string[]) {
    this.#probes = tokens.map((token, i) => this.#newProbe(url, token, i));
  }

  #newProbe(ingest: string, token: string, i: number): LoadProbe {
    const { incident, probes } = this.shape;
    const onNotice = (text: string) => void this.figures.notices.push(text);
    const onPace = (ms: number) => void (batcher.quietNs = BigInt(ms) * NS_PER_MS);
    const remote = new RemoteIngest({ ingest, token, incident, filter: "", onNotice, onPace });
    const shipper = new Shipper({
      send: (text, signal) => remote.send(text, signal),
      spool: null,
      onNotice,
      onEvicted: (_, events) => onNotice(`${events} events were thrown away`),
    });
    const batcher: Batcher = new Batcher({
      node: `node-${i}`,
      allNetns: true,
      netns: () => [],
      probe: `node-${i}-probe`,
      facts: () => this.#facts(),
      isBehind: () => shipper.isBehind,
      onBatch: (batch) => {
        this.figures.batches += 1;
        if (batch.lines.length === 0) this.figures.empty += 1;
        shipper.push(batch);
      },
    });
    batcher.begin();
    const phase = i / probes;
    return { batcher, shipper, flushedMs: phase * FLUSH_MS, beatMs: phase * HEARTBEAT_MS };
  }

  #facts() {
    const untilNs = 1_000_000_000n + BigInt(Math.round(this.#nowMs)) * NS_PER_MS;
    const { incident } = this.shape;
    const clock = { monotonicNs: untilNs, wallMs: 1_700_000_000_000 + Math.round(this.#nowMs) };
    return {
      ...{ incident, filter: "", kernel: "6.12.0", bpftrace: "0.23.0", scripts: SCRIPTS },
      ...{ attachedNs: 1_000_000_000n, untilNs, clock, lost: 0, refused: 0 },
    };
  }

  /** Time goes on to so many ms since the begin: packets pass, and whoever is due speaks. */
  tick(nowMs: number): void {
    this.#traffic(nowMs - this.#nowMs);
    this.#nowMs = nowMs;
    for (const probe of this.#probes) {
      if (nowMs - probe.beatMs >= HEARTBEAT_MS) {
        probe.beatMs += HEARTBEAT_MS;
        probe.batcher.flush({ heartbeat: true });
      } else if (nowMs - probe.flushedMs >= FLUSH_MS) {
        probe.flushedMs = nowMs;
        probe.batcher.flush();
      }
    }
  }

  #traffic(passedMs: number): void {
    const { active, packetsPerSecond, flows } = this.shape;
    this.#owed += active * packetsPerSecond * passedMs / 1_000;
    for (; this.#owed >= 1; this.#owed--) {
      const packet = this.#packet++;
      const from = packet % active;
      const [sent, received] = eventsOfPing(packet, packet % flows, Math.floor(packet / flows));
      const atNs = 1_000_000_000n + BigInt(Math.round(this.#nowMs)) * NS_PER_MS;
      [sent, received].forEach((events, i) => {
        const { batcher } = this.#probes[(from + i) % active]!;
        events.forEach((event, step) =>
          batcher.addEvent({ ...event, timeNs: atNs + BigInt((i * 4 + step) * 5_000) })
        );
        this.figures.events += events.length;
      });
    }
  }

  /** The last batch of each; resolves with how many could not send all they had. */
  async end(timeoutMs: number): Promise<number> {
    for (const { batcher } of this.#probes) batcher.flush({ final: true });
    const all = await Promise.all(this.#probes.map(({ shipper }) => shipper.drain(timeoutMs)));
    return all.filter((isAllSent) => !isAllSent).length;
  }
}

/** So many tokens of an incident, got one after the other as its limits let them. */
export async function tokensFor(
  client: IngestClient,
  incident: string,
  count: number,
): Promise<string[]> {
  const tokens: string[] = [];
  while (tokens.length < count) {
    try {
      tokens.push((await client.createToken(incident, { role: "probe" })).token);
    } catch (error) {
      if ((error as { status?: number }).status !== 429) throw error;
      await pause(1_000);
    }
  }
  return tokens;
}
