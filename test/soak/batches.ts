/** Batches as they were acknowledged, and as an archive has them: each must be there, once, alike. */
import { BatchHeader } from "../../src/event/batch.ts";

export interface Batch {
  /** Node, run of the probe and sequence: no two batches share it. */
  key: string;
  node: string;
  run: string;
  sequence: number;
  /** The run tells of what was from `attached` to `until`, in seconds of the kernel's clock. */
  attachedSeconds: number;
  untilSeconds: number;
  /** When the state of which namespaces was read. */
  states: { inode: number; seconds: number }[];
  events: number;
  /**
   * Of its event lines, sorted: an ingest keeps drops apart from ordinary hops. State may be evicted
   * for newer state and is not compared.
   */
  digest: string;
}

/** The batches of a body or an archive, in order. Throws what a header that is none says of itself. */
export async function batchesIn(text: string): Promise<Batch[]> {
  const found: { header: BatchHeader; lines: string[]; states: Batch["states"] }[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith('{"kind":"batch"')) {
      found.push({ header: BatchHeader.parse(JSON.parse(line)), lines: [], states: [] });
    } else if (line.startsWith("{")) {
      const { kind, netns, timeNs } = JSON.parse(line);
      if (kind === "state") found.at(-1)?.states.push({ inode: netns, seconds: timeNs / 1e9 });
    } else if (line !== "") found.at(-1)?.lines.push(line);
  }
  return await Promise.all(found.map(async ({ header, lines, states }) => {
    const run = `${header.node} ${header.probe}`;
    const bytes = new TextEncoder().encode(lines.sort().join("\n"));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    const { node, sequence } = header;
    return {
      key: `${run} ${sequence}`,
      node,
      run,
      sequence,
      attachedSeconds: Number(header.attachedNs) / 1e9,
      untilSeconds: Number(header.untilNs) / 1e9,
      states,
      events: lines.length,
      digest,
    };
  }));
}

export interface Kept {
  acknowledged: number;
  /** Of those, how many an archive lacks, has with other events, or has more than once. */
  lost: number;
  altered: number;
  twice: number;
  archived: number;
  /** Events of acknowledged batches. */
  events: number;
  /** Runs of probes: one more with each start. */
  runs: number;
  complaints: string[];
}

/** Compares what was acknowledged with an archive's text. */
export async function compare(
  acknowledged: ReadonlyMap<string, Batch>,
  archive: string,
): Promise<Kept> {
  const complaints: string[] = [];
  let [lost, altered, twice] = [0, 0, 0];
  const archived = await batchesIn(archive);
  const byKey = Map.groupBy(archived, ({ key }) => key);
  for (const [key, batches] of byKey) {
    if (batches.length === 1) continue;
    twice++;
    complaints.push(`${key} is archived ${batches.length} times`);
  }
  let events = 0;
  for (const { key, digest, events: count } of acknowledged.values()) {
    events += count;
    const [there] = byKey.get(key) ?? [];
    if (there === undefined) {
      lost++;
      complaints.push(`${key} was acknowledged and is gone`);
    } else if (there.digest !== digest) {
      altered++;
      complaints.push(`${key} has other events: ${there.events}, must be ${count}`);
    }
  }
  const runs = Map.groupBy(archived, ({ run }) => run);
  for (const [run, batches] of runs) {
    // What a killed probe had in memory is lost, and that is a run's end, never its middle.
    const sequences = new Set(batches.map(({ sequence }) => sequence));
    const missing = Math.max(...sequences) - Math.min(...sequences) + 1 - sequences.size;
    if (missing > 0) complaints.push(`${run} lacks ${missing} batches in its midst`);
  }
  return {
    acknowledged: acknowledged.size,
    lost,
    altered,
    twice,
    archived: archived.length,
    events,
    runs: runs.size,
    complaints,
  };
}
