import { deepStrictEqual as equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { decodeLine, decodeTsv, encodeEvent, eventToJson, LineError } from "./codec.ts";
import { type Column, COLUMNS } from "./columns.ts";
import { EVENT_KINDS } from "./kinds.ts";
import * as columns from "./columns.ts";
import type { Event } from "./event.ts";

const hex = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: min, maxLength: max });

function arbitrary(column: Column): fc.Arbitrary<unknown> {
  switch (column.type) {
    case "kind":
      return fc.constantFrom(...EVENT_KINDS);
    case "u64":
      return fc.bigInt(0n, 2n ** 64n - 1n);
    case "uint":
      return fc.integer({ min: 0, max: column.max ?? 2 ** 31 });
    case "hex":
      return hex(1, 16);
    case "text":
      return fc.string({ minLength: 1, maxLength: column.max ?? 64, unit: "binary" })
        .map((text) => text.slice(0, column.max ?? 64));
    case "mac":
      return fc.array(hex(2, 2), { minLength: 6, maxLength: 6 }).map((parts) => parts.join(":"));
    case "address":
      return fc.oneof(fc.ipV4(), fc.ipV6().map((a) => a.toLowerCase()));
    case "packetType":
      return fc.constantFrom(...columns.PACKET_TYPES);
    case "network":
      return fc.constantFrom(...columns.NETWORKS);
    case "direction":
      return fc.constantFrom(...columns.DIRECTIONS);
    case "tunnelKind":
      return fc.constantFrom(...columns.TUNNEL_KINDS);
  }
}

const anyEvent = fc.record(
  Object.fromEntries((COLUMNS as readonly Column[]).map((c) => [c.name, arbitrary(c)])),
  { requiredKeys: ["kind", "timeNs", "cpu"] },
) as unknown as fc.Arbitrary<Event>;

Deno.test("[E1] both spellings of an event mean the same", () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      const tsv = encodeEvent(event);
      equal(tsv.includes("\n"), false);
      equal(decodeTsv(tsv), { ...event });
      equal(decodeLine(eventToJson(event)), { type: "event", event: { ...event } });
    }),
    { seed: 23, numRuns: 500 },
  );
});

Deno.test("[E2] a bad line says which field, what it is and what it should be", () => {
  throws(() => decodeTsv("drop\t-4\t0"), new LineError('"timeNs" is "-4", must be 0 to 2^64 - 1'));
  throws(() => decodeTsv("drop\t4\t70000"), new LineError('"cpu" is "70000", must be 0 to 65535'));
  throws(() => decodeTsv("dorp\t4\t0"), /"kind" is "dorp", must be one of device-rx/);
  throws(() => decodeTsv("drop\t4"), /no "cpu"/);
  throws(() => decodeLine('{"kind":"drop","timeNs":"4"'), /cut or broken JSON/);
  throws(() => decodeLine('{"kind":"drop","timeNs":"4","cpu":0,"colour":1}'), /colour/);
  equal(decodeTsv("drop\t4\t0").timeNs, 4n);
});
