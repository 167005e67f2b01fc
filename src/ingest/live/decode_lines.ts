/** Stored lines to what the analysis takes. */
import type { Batch } from "../../analysis/mod.ts";
import { decodeBytes, decodeLine, LineError } from "../../event/codec.ts";

const NEWLINE = 10;
const BRACE = 0x7b;
const decoder = new TextDecoder();

/**
 * Puts what the lines tell into the batch. A line that this version of the codec can't read counts
 * as refused.
 */
export function decodeLines(bytes: Uint8Array, batch: Batch): void {
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, from);
    const to = newline < 0 ? bytes.length : newline;
    if (to > from) decodeOne(bytes, from, to, batch);
    from = to + 1;
  }
}

function decodeOne(bytes: Uint8Array, from: number, to: number, batch: Batch): void {
  const event = bytes[from] === BRACE ? null : decodeBytes(bytes, from, to);
  if (event !== null) {
    batch.events.push(event);
    return;
  }
  try {
    const decoded = decodeLine(decoder.decode(bytes.subarray(from, to)));
    if (decoded.type === "event") batch.events.push(decoded.event);
    else if (decoded.type === "state") batch.states.push(decoded.state);
    else if (decoded.type === "cluster") (batch.cluster ??= []).push(decoded.cluster);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    batch.refused += 1;
  }
}
