import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  dropLine,
  headerLine,
  hopLine,
  pushLines,
  stateLine,
} from "../../../test/contract/lines.ts";
import { decodeLine } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import { readRows } from "../../event/read_rows.ts";
import { BatchReader, tierOf, type WholeBatch } from "./batches.ts";
import { LineSplitter } from "./lines.ts";
import { limitsWith } from "../limits.ts";

const limits = limitsWith({ linesPerBatchMax: 5, refusedListedMax: 3, lineCharsMax: 5000 });

function read(lines: string[], cuts: number[]): { reader: BatchReader; batches: WholeBatch[] } {
  const reader = new BatchReader({ limits, check: () => null });
  const batches: WholeBatch[] = [];
  let from = 0;
  for (
    const to of [...cuts.map((c) => c % (lines.length + 1)).sort((a, b) => a - b), lines.length]
  ) {
    batches.push(...pushLines(reader, lines.slice(from, to)));
    from = to;
  }
  const last = reader.end();
  if (last !== null) batches.push(last);
  return { reader, batches };
}

const line = fc.oneof(
  fc.nat(9).map((sequence) => headerLine({ sequence })),
  fc.nat(9).map((sequence) => headerLine({ sequence }).replace('"version":1', '"version":7')),
  fc.nat(99).map((time) => hopLine(time)),
  fc.nat(99).map((time) => dropLine(time)),
  fc.nat(9).map((time) => stateLine(time)),
  fc.constant(""),
  fc.string().map((text) => text.replaceAll("\n", " ")),
  fc.nat(200).map((cut) => hopLine(1).slice(0, cut)),
  fc.nat(400).map((cut) => headerLine().slice(0, cut)),
);

Deno.test("every line is a header, kept, refused or empty, however the body is cut", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.array(fc.nat(40)), (lines, cuts) => {
      const { reader, batches } = read(lines, cuts);
      const kept = batches.reduce((sum, b) => sum + b.events + b.states, 0);
      const empty = lines.filter((text) => text === "").length;
      equal(batches.length + kept + reader.refusedTotal + empty, lines.length);
      const inBatches = batches.reduce((sum, { refused }) => sum + refused, 0);
      equal(reader.strayLines + inBatches, reader.refusedTotal);
      equal(reader.refused.length, Math.min(3, reader.refusedTotal));
      ok(batches.every(({ events, states }) => events + states <= 5));
      deepEqual(read(lines, []).batches, batches);
    }),
    { numRuns: 300 },
  );
});

Deno.test("what a batch keeps as lines says the same as its events", () => {
  fc.assert(fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
    for (const { segments, told, states } of read(lines, []).batches) {
      const events = told.events.flatMap(({ rows }) => readRows(rows));
      const decoded = segments.flatMap(({ text }) => text.trimEnd().split("\n")).map(decodeLine);
      const isEvent = decoded.flatMap((d) => d.type === "event" ? [d.event] : []);
      const key = (event: Event) => `${event.kind} ${event.timeNs}`;
      deepEqual(isEvent.map(key).sort(), events.map(key).sort());
      equal(decoded.filter(({ type }) => type === "state").length, states);
      for (const { tier, rows } of told.events) {
        ok(readRows(rows).every((event) => tierOf(event) === tier));
      }
      for (const { tier, lines, text } of segments) equal(text.split("\n").length - 1, lines, tier);
    }
  }));
});

Deno.test("what a batch keeps is what came, also where its bytes become others after each piece", () => {
  const encoder = new TextEncoder();
  const sizes = fc.integer({ min: 1, max: 900 });
  fc.assert(fc.property(fc.array(line, { maxLength: 30 }), sizes, (lines, size) => {
    const body = encoder.encode(`${headerLine()}\n${lines.join("\n")}\n`);
    const reader = new BatchReader({ limits, check: () => null });
    const batches: WholeBatch[] = [];
    const splitter = new LineSplitter(limits.lineCharsMax, {
      line: (bytes, from, to) => {
        const done = reader.line(bytes, from, to);
        if (done !== null) batches.push(done);
      },
      tooLong: (chars) => reader.tooLong(chars),
    });
    // Nearly all pieces are the same object, as those of whoever reads into one.
    const room = new Uint8Array(size);
    for (let from = 0; from < body.length; from += size) {
      const piece = body.subarray(from, from + size);
      room.set(piece);
      splitter.push(piece.length === size ? room : room.subarray(0, piece.length));
      reader.keep();
      room.fill(0x78);
    }
    splitter.end();
    const last = reader.end();
    if (last !== null) batches.push(last);
    deepEqual(batches, read([headerLine(), ...lines], []).batches);
  }));
});

Deno.test("[O34] the header tells the latest time of what came with it, and how many drops", () => {
  const json = (timeNs: string) => JSON.stringify({ kind: "drop", timeNs, cpu: 0 });
  const told = (...lines: string[]) => {
    const { header } = read([headerLine(), ...lines], []).batches[0]!;
    return [header.latestEventNs, header.dropLines];
  };
  const [early, late] = ["device-rx\t700\t0", "device-rx\t9007199254740991\t0"];
  deepEqual(told(stateLine(1)), [undefined, undefined]);
  deepEqual(told(late, early), ["9007199254740991", 0]);
  deepEqual(told(early, "drop\t800\t0", json("20")), ["800", 2]);
  deepEqual(told(early, json("900")), ["900", 1]);
  deepEqual(told(late, "drop\t18446744073709551615\t0"), ["18446744073709551615", 1]);
});

Deno.test("a name inside a line can't pass for a header", () => {
  const inState = stateLine(1).replace('"links":[]', '"links":[{"kind":"batch"}]');
  const inText = JSON.stringify({ kind: "drop", timeNs: "1", cpu: 0, function: '"kind":"batch"' });
  const { reader, batches } = read([headerLine(), inState, inText, hopLine(1)], []);
  equal(batches.length, 1);
  deepEqual([reader.headers, batches[0]!.events, reader.refusedTotal], [1, 2, 1]);
});

Deno.test("what tells of a death is kept longer than a passing by", () => {
  const tier = (text: string) => {
    const decoded = decodeLine(text);
    if (decoded.type !== "event") throw new Error("Not an event");
    return tierOf(decoded.event);
  };
  equal(tier("device-rx\t1\t0"), "ordinary");
  equal(tier("consume\t1\t0"), "ordinary");
  equal(tier('{"kind":"neighbour","timeNs":"1","cpu":0}'), "drops");
  equal(tier('{"kind":"route","timeNs":"1","cpu":0,"routeError":101}'), "drops");
  for (const kind of ["drop", "icmp-error", "reset"]) equal(tier(`${kind}\t1\t0`), "drops");
});

Deno.test("a line that came twice is counted once, so that it hides none that is missing", () => {
  const { batches } = read([headerLine(), hopLine(1), hopLine(1), hopLine(2), dropLine(3)], []);
  equal(batches[0]!.header.eventLines, 3);
  equal(batches[0]!.events, 4);
});
