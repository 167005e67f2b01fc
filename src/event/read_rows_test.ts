/** What rows have no room for, and events that are read from rows instead of having fields. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { altered, plainEvent } from "./altered.ts";
import { type Column, COLUMNS } from "./columns.ts";
import { encodeEvent } from "./codec.ts";
import type { Event } from "./event.ts";
import { asRows, readRows, rowCountOf } from "./read_rows.ts";
import { RowWriter } from "./rows.ts";

const base: Event = { kind: "drop", timeNs: 7n, cpu: 1 };

const through = (events: readonly Event[]) => {
  const rows = new RowWriter();
  for (const event of events) rows.event(event);
  return readRows(rows.block());
};

Deno.test("a number that has all bits of its place set is itself, also beside others without room", () => {
  const numbers = (COLUMNS as readonly Column[]).filter(({ type }) => type === "uint");
  const of = (value: (max: number) => number): Event[] =>
    numbers.map(({ name, max = 0 }) => ({ ...base, [name]: value(max) }));
  // The first have room, also those that set every bit; the others only who never checked them has.
  const within = [...of((max) => max), ...of(() => 0), ...of(() => 255).slice(1)];
  const odd = [...of((max) => max + 1), ...of(() => -1), ...of(() => 0.5)];
  equal(through(within).map(plainEvent), within);
  equal(through([...within, ...odd]).map(plainEvent), [...within, ...odd]);
});

Deno.test("a row has its text however many texts its block has", () => {
  const count = 2 ** 16 + 3;
  const events = Array.from({ length: count }, (_, i) => ({ ...base, skb: i.toString(16) }));
  const writer = new RowWriter();
  for (const event of events) writer.event(event);
  const block = writer.block();
  equal(rowCountOf(block), count);
  const rows = readRows(block);
  for (const i of [0, 2 ** 16 - 5, 2 ** 16 - 3, 2 ** 16 - 2, 2 ** 16 - 1, 2 ** 16, count - 1]) {
    equal([rows[i]!.skb, rows[i]!.kind], [i.toString(16), "drop"]);
  }
});

Deno.test("a line that is refused after a text without room leaves nothing behind", () => {
  const rows = new RowWriter();
  for (let i = 0; i < 2 ** 16; i++) rows.event({ ...base, skb: i.toString(16) });
  const bad = new TextEncoder().encode("drop\t7\t1\tabcdef123\tnot hex");
  equal(rows.line(bad, 0, bad.length), null);
  const last = { ...base, skb: "1f", head: "ab" };
  rows.event(last);
  equal(plainEvent(readRows(rows.block()).at(-1)!), last);
});

Deno.test("an altered event differs by what is altered alone, whatever it was made of", () => {
  const event: Event = { ...base, device: "eth0", ttl: 64, source: "10.0.0.1" };
  for (const each of [event, through([event])[0]!]) {
    const other = altered(each, { ttl: 63, source: undefined });
    equal(plainEvent(other), { ...base, device: "eth0", ttl: 63 });
    equal(encodeEvent(other), encodeEvent({ ...base, device: "eth0", ttl: 63 }));
    equal(plainEvent(altered(other, { ttl: 62 })).ttl, 62);
    equal(plainEvent(each), event);
  }
});

Deno.test("events that are rows stay the same objects, others are written to rows in their order", () => {
  const events = [1n, 2n, 3n].map((timeNs) => ({ ...base, timeNs }));
  const rows = through(events);
  equal(asRows(rows) === rows, true);
  equal(asRows([rows[2]!, events[0]!]).map(plainEvent), [events[2], events[0]]);
});
