import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { createSseParser, encodeServerSentEvent, readServerSentEvents } from "./sse.ts";

const STREAM = ': heartbeat\n\nid: 7\nevent: report\ndata: {"a":1}\n\n' +
  "event: flow\r\ndata: one\r\ndata: two\r\n\r\nid: 9\ndata:x\n\n";

const EXPECTED = [
  { id: "7", event: "report", data: '{"a":1}' },
  { id: "7", event: "flow", data: "one\ntwo" },
  { id: "9", event: "message", data: "x" },
];

Deno.test("the parser reads events, comments, ids that stay, and both line ends", () => {
  deepEqual(createSseParser()(STREAM), EXPECTED);
});

Deno.test("the parser gives the same events however the stream is cut", () => {
  fc.assert(fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
    const parse = createSseParser();
    const at = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
    const pieces = at.slice(1).map((end, i) => STREAM.slice(at[i], end));
    deepEqual(pieces.flatMap(parse), EXPECTED);
  }));
});

Deno.test("the parser gives nothing of an event that the end cuts off", () => {
  equal(createSseParser()("id: 1\nevent: flow\ndata: {}\n").length, 0);
});

Deno.test("events come back as they were written, however their bytes are cut", async () => {
  const events = [
    { event: "hello", data: "{}" },
    { id: "e-1", event: "flow", data: '{"a":"line\\nend \u{1F4A5}"}' },
    { event: "summary", data: "{}" },
  ];
  const text = `: comment\n\n${events.map(encodeServerSentEvent).join("")}event: cut\ndata: x\n`;
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 3, 7, 1000]) {
    const chunks = (async function* () {
      for (let at = 0; at < bytes.length; at += size) {
        yield await Promise.resolve(bytes.subarray(at, at + size));
      }
    })();
    deepEqual(await Array.fromAsync(readServerSentEvents(chunks)), [
      { ...events[0], id: "" },
      events[1],
      { ...events[2], id: "e-1" },
    ]);
  }
});
