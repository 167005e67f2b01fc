/** Stored lines to what a batch tells. */
import { free } from "../../event/bytes.ts";
import { decodeLine, LineError } from "../../event/codec.ts";
import { RowWriter } from "../../event/rows.ts";
import type { StateLine } from "../../event/state_line.ts";
import type { Told } from "../intake/batches.ts";
import { bytesOf } from "../stores/segment.ts";
import type { Segment } from "../stores/store.ts";

const NEWLINE = 10;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What the lines tell, and how many of them this version of the codec can't read. */
export function toldOf(segments: readonly Segment[]): { told: Told; unreadable: number } {
  const events: Told["events"] = [];
  const states: StateLine[] = [];
  let unreadable = 0;
  for (const segment of segments) {
    const { tier } = segment;
    const rows = new RowWriter();
    const bytes = bytesOf(segment);
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const to = newline < 0 ? bytes.length : newline;
      if (to > from && !tell(bytes, from, to, rows, states)) unreadable += 1;
      from = to + 1;
    }
    // Unpacked for this alone.
    if (segment.gzip !== undefined) free(bytes);
    if (tier !== "state") events.push({ tier, rows: rows.block() });
  }
  return { told: { events, states }, unreadable };
}

/** Whether the line between two offsets can be read. */
function tell(
  bytes: Uint8Array,
  from: number,
  to: number,
  rows: RowWriter,
  states: StateLine[],
): boolean {
  if (rows.line(bytes, from, to) !== null) return true;
  try {
    const decoded = decodeLine(decoder.decode(bytes.subarray(from, to)));
    if (decoded.type === "event") rows.event(decoded.event);
    else if (decoded.type === "state") states.push(decoded.state);
    else if (decoded.type === "cluster") states.push(decoded.cluster);
    return true;
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return false;
  }
}
