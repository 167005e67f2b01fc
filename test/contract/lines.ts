/** Lines for contract tests, as a probe would write them. */
import type { BatchHeader } from "../../src/event/batch.ts";
import { decodeLine } from "../../src/event/codec.ts";
import type { BatchReader, WholeBatch } from "../../src/ingest/intake/batches.ts";
import type { NewBatch, Segment, Tier } from "../../src/ingest/stores/store.ts";

export function headerOf(some: Partial<BatchHeader> = {}): BatchHeader {
  return {
    kind: "batch",
    version: 1,
    incident: "i",
    node: "node-a",
    probe: "probe-a",
    sequence: 0,
    kernel: "6.12.0",
    bpftrace: "v0.21.2",
    netns: [],
    allNetns: true,
    filter: "",
    scripts: [{ name: "device.bt", state: "attached" }],
    attachedNs: "1000",
    untilNs: "2000",
    totals: { events: 0, lost: 0, refused: 0, evicted: 0 },
    clock: { monotonicNs: "1000", wallMs: 1_800_000_000_000 },
    final: false,
    ...some,
  };
}

export const headerLine = (some: Partial<BatchHeader> = {}) => JSON.stringify(headerOf(some));

/** An ordinary hop at `timeNs` from 10.0.0.`host`. */
export const hopLine = (timeNs: number | bigint, host = 1) =>
  `device-rx\t${timeNs}\t0\tff\tee\t1\t2\teth0\t84\thost${
    "\t".repeat(12)
  }ip4\t1\t10.0.0.${host}\t10.9.9.9`;

export const dropLine = (timeNs: number | bigint, host = 1) =>
  `drop${hopLine(timeNs, host).slice("device-rx".length)}`;

export function stateLine(timeNs: number, netns = 1, sysctls: Record<string, string> = {}): string {
  const empty = Object.fromEntries(
    [
      "links",
      "routes",
      "rules",
      "neighbours",
      "fdb",
      "qdiscs",
      "filters",
      "chains",
      "netfilter",
      "sets",
      "sockets",
      "xfrm",
      "gaps",
    ].map((name) => [name, []]),
  );
  return JSON.stringify({ kind: "state", timeNs: String(timeNs), netns, sysctls, ...empty });
}

/** Header and lines as a body. */
export const body = (header: Partial<BatchHeader>, ...lines: string[]) =>
  [headerLine(header), ...lines].join("\n") + "\n";

/** The same as a store takes it. */
export function newBatch(header: Partial<BatchHeader>, ...lines: string[]): NewBatch {
  const tiers: Record<Tier, string[]> = { ordinary: [], drops: [], state: [] };
  for (const line of lines) {
    const decoded = decodeLine(line);
    if (decoded.type === "state") tiers.state.push(line);
    else if (decoded.type === "event") {
      tiers[decoded.event.kind === "drop" ? "drops" : "ordinary"].push(line);
    }
  }
  const segments = Object.entries(tiers)
    .filter(([, text]) => text.length > 0)
    .map(([tier, text]): Segment => ({
      tier: tier as Tier,
      lines: text.length,
      text: text.join("\n") + "\n",
    }));
  return { header: headerOf(header), segments, refused: 0, evicted: 0 };
}

/** Gives lines to a reader; the batches that they completed. */
export function pushLines(reader: BatchReader, lines: readonly string[]): WholeBatch[] {
  const encoder = new TextEncoder();
  return lines.flatMap((text) => {
    const bytes = encoder.encode(text);
    return reader.line(bytes, 0, bytes.length) ?? [];
  });
}
