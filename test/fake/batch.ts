/** Batches as a probe makes them, for what carries them. */
import type { ProbeBatch } from "../../src/probe/ship/batcher.ts";

export const ORDINARY = "device-rx\t5\t0\tf0";
export const DROP = "drop\t6\t0\tf0";

export function fakeBatch(sequence: number, lines: string[] = [ORDINARY], node = "a"): ProbeBatch {
  return {
    header: {
      kind: "batch",
      version: 1,
      incident: "i1",
      node,
      probe: `p.${node}`,
      sequence,
      kernel: "6.18",
      bpftrace: "0.17.0",
      netns: [],
      allNetns: false,
      filter: "",
      scripts: [],
      attachedNs: "1",
      untilNs: "9",
      totals: { events: lines.length, lost: 0, refused: 0, evicted: 0 },
      clock: { monotonicNs: "9", wallMs: 1 },
      final: false,
    },
    lines,
  };
}

export const textOf = ({ header, lines }: ProbeBatch) =>
  [JSON.stringify(header), ...lines, ""].join("\n");

/** Sequences of the batches in a text, in their order. */
export function sequencesOf(text: string): number[] {
  return text.split("\n").filter((line) => line.startsWith('{"kind":"batch"'))
    .map((line) => JSON.parse(line).sequence);
}
