import { deepEqual, equal, rejects } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { body, dropLine, headerLine, hopLine, stateLine } from "../../../test/contract/lines.ts";
import { systemClock } from "../clock.ts";
import { plainEvent } from "../../event/altered.ts";
import { readRows } from "../../event/read_rows.ts";
import { limitsWith } from "../limits.ts";
import { batchReader } from "./incident_batches.ts";
import { type BodyKind, LocalReadings, type Read, type Readings } from "./reading.ts";
import { ReadingThread } from "./reading_thread.ts";

const limits = limitsWith();
const entry = new URL("../archive/reading_worker.ts", import.meta.url);
const here = new LocalReadings(
  { lineCharsMax: limits.lineCharsMax, clock: systemClock },
  (incident) => batchReader(limits, incident),
);

const KIND: BodyKind = {
  incident: "i",
  encoding: "sniff",
  bytesMax: 1_000_000,
  uselessLinesMax: 100,
};

/** All that a body tells, read in pieces of so many bytes. */
async function read(readings: Readings, bytes: Uint8Array, pieceBytes: number) {
  const reading = readings.open(KIND);
  const reads: Read[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reads.push(await reading.push(bytes.slice(at, at + pieceBytes)));
  }
  reads.push(await reading.end());
  reading.leave();
  const { batches: _, problem, ...last } = reads.at(-1)!;
  const batches = reads.flatMap((each) => each.batches).map(({ segments, told, ...rest }) => ({
    ...rest,
    texts: segments.map(({ tier, lines, text }) => ({ tier, lines, text })),
    events: told.events.map(({ tier, rows }) => ({ tier, events: readRows(rows).map(plainEvent) })),
    states: told.states instanceof Uint8Array
      ? JSON.parse(new TextDecoder().decode(told.states))
      : told.states,
  }));
  const why = problem && { status: problem.status, code: problem.code, message: problem.message };
  return { batches, ...last, why };
}

const text = [
  body({ sequence: 0 }, hopLine(1), dropLine(2), stateLine(3), "nonsense", ""),
  body({ sequence: 1, incident: "j" }, hopLine(4)),
  body({ sequence: 2 }, hopLine(5), hopLine(5), "é\ufffd"),
].join("");
const BODIES: Record<string, Uint8Array> = {
  "a whole one": new TextEncoder().encode(text),
  "a compressed one": gzipSync(text),
  "a compressed one that is cut": gzipSync(text).subarray(0, -12),
  "one that is no UTF-8": new TextEncoder().encode(text).map((byte) => byte === 0xc3 ? 0xff : byte),
  "one of useless lines": new TextEncoder().encode(`${headerLine()}\n${"x\n".repeat(200)}`),
  "one that is too large": gzipSync("x".repeat(2_000_000)),
  "an empty one": new Uint8Array(0),
};

Deno.test("a thread reads bodies as this thread does", async () => {
  const thread = new ReadingThread({ limits, entry });
  try {
    for (const [what, bytes] of Object.entries(BODIES)) {
      for (const pieceBytes of [7, 100_000]) {
        const own = await read(here, bytes, pieceBytes);
        deepEqual(await read(thread, bytes, pieceBytes), own, what);
      }
    }
    const codes = await Promise.all(
      Object.values(BODIES).map(async (bytes) => (await read(thread, bytes, 1_000)).why?.code),
    );
    const [bad, useless, large] = ["gzip_broken", "lines_refused", "body_too_large"];
    deepEqual(codes, [undefined, undefined, bad, undefined, useless, large, undefined]);
  } finally {
    thread.close();
  }
});

Deno.test("bodies of a thread that is lost fail, the next one is read by another", async () => {
  const logged: string[] = [];
  const thread = new ReadingThread({
    limits,
    entry: new URL("../../../test/fake/reader_that_ends.ts", import.meta.url),
    log: (line) => logged.push(line),
  });
  try {
    const reading = thread.open(KIND);
    await rejects(reading.push(new Uint8Array(1)), /was lost/);
    await rejects(reading.end(), /was lost/);
    reading.leave();
    await rejects(thread.open(KIND).end(), /was lost/);
    equal(logged.length, 2);
  } finally {
    thread.close();
  }
});
