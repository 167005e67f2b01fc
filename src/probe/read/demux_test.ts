import { strictEqual as equal } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import { Demux, SKB_AGE_MAX_NS } from "./demux.ts";

const a = { all: false, name: "a" };
const b = { all: false, name: "b" };
const whole = { all: true, name: "whole" };

const at = (timeNs: bigint, event: Partial<Event>): Event => ({
  kind: "device-rx",
  timeNs,
  cpu: 0,
  ...event,
});

function twoNodes(skbsMax?: number) {
  const demux = new Demux([a, b], skbsMax);
  demux.addNetns(1, a);
  demux.addNetns(2, b);
  return demux;
}

Deno.test("demux: an event goes to the node of its namespace, and to none when none has it", () => {
  const demux = twoNodes();
  equal(demux.nodeOf(at(1n, { netns: 1, skb: "f0" })), a);
  equal(demux.nodeOf(at(1n, { netns: 2, skb: "f0" })), b);
  equal(demux.nodeOf(at(1n, { netns: 3, skb: "f1" })), null);
});

Deno.test("demux: without a namespace it goes where its skb was last, for a short time", () => {
  const demux = twoNodes();
  demux.nodeOf(at(10n, { netns: 1, skb: "f0" }));
  demux.nodeOf(at(20n, { netns: 2, skb: "f0" }));
  equal(demux.nodeOf(at(30n, { skb: "f0" })), b);
  equal(demux.nodeOf(at(20n + SKB_AGE_MAX_NS, { skb: "f0" })), b);
  equal(demux.nodeOf(at(21n + SKB_AGE_MAX_NS, { skb: "f0" })), undefined);
  equal(demux.nodeOf(at(30n, { skb: "f9" })), undefined);
  equal(demux.nodeOf(at(30n, {})), undefined);
});

Deno.test("demux: an skb that holds another packet now is no longer that node's", () => {
  const demux = twoNodes();
  const packet = { protocol: 6, ipId: 7, tcpSequence: 100 };
  demux.nodeOf(at(10n, { netns: 1, skb: "f0", ...packet }));
  equal(demux.nodeOf(at(20n, { skb: "f0", ...packet })), a);
  equal(demux.nodeOf(at(30n, { skb: "f0", ...packet, tcpSequence: 101 })), undefined);
});

Deno.test("demux: freed memory, and a lookup's, is nobody's", () => {
  const demux = twoNodes();
  demux.nodeOf(at(10n, { netns: 1, skb: "f0" }));
  equal(demux.nodeOf(at(20n, { kind: "consume", skb: "f0" })), a);
  equal(demux.nodeOf(at(30n, { kind: "drop", skb: "f0" })), undefined);
  demux.nodeOf(at(40n, { netns: 1, skb: "f1" }));
  demux.nodeOf(at(50n, { kind: "drop", netns: 1, skb: "f1" }));
  equal(demux.nodeOf(at(60n, { skb: "f1" })), undefined);
  demux.nodeOf(at(70n, { kind: "route", netns: 1, skb: "f2" }));
  equal(demux.nodeOf(at(80n, { skb: "f2" })), undefined);
});

Deno.test("demux: it remembers a bounded number of skbs, those seen last", () => {
  const demux = twoNodes(2);
  demux.nodeOf(at(1n, { netns: 1, skb: "f0" }));
  demux.nodeOf(at(2n, { netns: 1, skb: "f1" }));
  demux.nodeOf(at(3n, { netns: 1, skb: "f0" }));
  demux.nodeOf(at(4n, { netns: 1, skb: "f2" }));
  equal(demux.nodeOf(at(5n, { skb: "f0" })), a);
  equal(demux.nodeOf(at(5n, { skb: "f1" })), undefined);
});

Deno.test("demux: a node with all namespaces has every event", () => {
  const demux = new Demux([whole]);
  equal(demux.nodeOf(at(1n, { netns: 99 })), whole);
  equal(demux.nodeOf(at(1n, {})), whole);
});
