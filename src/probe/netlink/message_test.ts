/** Netlink's messages, as bytes. */
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { attribute32, attributesOf, int32, messagesIn, request } from "./message.ts";

Deno.test("a question is read back as one message with its attributes", () => {
  const body = new Uint8Array([0, 0, 0, 0, ...attribute32(3, 77)]);
  const [message, ...more] = [...messagesIn(request(90, body))];
  equal(more.length, 0);
  deepEqual([message?.type, message?.flags], [90, 1]);
  equal(int32(attributesOf(message!.body, 4).get(3)), 77);
});

Deno.test("several messages come together, each at a multiple of four bytes", () => {
  const one = request(16, new Uint8Array([1, 2, 3]));
  const both = new Uint8Array([...one, 0, ...request(17, new Uint8Array([4]))]);
  deepEqual([...messagesIn(both)].map(({ type, body }) => [type, ...body]), [[16, 1, 2, 3], [
    17,
    4,
  ]]);
});

Deno.test("whatever bytes come, reading them ends and does not throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    for (const { body } of messagesIn(bytes)) attributesOf(body, 4);
    attributesOf(bytes, 0);
  }));
});

Deno.test("a number in the order of the network", () => {
  equal(int32(new Uint8Array([0, 0, 1, 2]), false), 258);
  equal(int32(new Uint8Array([1, 2]), false), undefined);
  equal(int32(new Uint8Array([255, 255, 255, 255])), -1);
});
