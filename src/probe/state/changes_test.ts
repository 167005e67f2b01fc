/** What messages of rtnetlink mean for what was read. */
import { deepEqual, equal } from "node:assert/strict";
import type { Message } from "../netlink/message.ts";
import { changeDetector } from "./changes.ts";

const message = (type: number, body: number[] = []): Message => ({
  ...{ type, flags: 0, body: new Uint8Array(body) },
});

/** `family`, device 2, `state`, then its address and its MAC where they are given. */
function neighbour(
  type: number,
  { family = 2, state = 2, address, mac }: {
    family?: number;
    state?: number;
    address?: number[];
    mac?: number[];
  },
): Message {
  const attribute = (kind: number, value: number[] | undefined) =>
    value === undefined ? [] : [4 + value.length, 0, kind, 0, ...value, ...pad(value.length)];
  return message(type, [
    ...[family, 0, 0, 0, 2, 0, 0, 0, state, 0, 0, 0],
    ...attribute(1, address),
    ...attribute(2, mac),
  ]);
}
const pad = (length: number) => Array<number>((4 - length % 4) % 4).fill(0);

const OWN = [10, 9, 0, 50];
const MAC = [2, 0, 0, 0, 0, 0x50];
const [REACHABLE, STALE, FAILED, NOARP, PERMANENT] = [2, 4, 0x20, 0x40, 0x80];

Deno.test("links, addresses, routes, next hops, rules and settings are news", () => {
  const route = [2, 24, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0];
  const all = [
    message(16),
    message(21),
    message(24, route),
    message(104),
    message(33),
    message(80),
  ];
  const parts = ["link", "address", "route", "route", "rule", "netconf"];
  deepEqual(all.map(changeDetector()), parts.map((part) => ({ part, isNews: true })));
});

Deno.test("a queue is news of no part, and a copied route is none", () => {
  const meaning = changeDetector();
  deepEqual(meaning(message(36)), { part: null, isNews: true });
  equal(meaning(message(24, [2, 32, 0, 0, 254, 0, 0, 1, 0, 2, 0, 0])), null);
  equal(meaning(message(2)), null, "an error");
});

Deno.test("a neighbour is news when it appears, moves, fails or goes", () => {
  const meaning = changeDetector();
  const isNews = (type: number, some: Parameters<typeof neighbour>[1]) =>
    meaning(neighbour(type, { address: OWN, ...some }))?.isNews;
  equal(isNews(28, { mac: MAC, state: REACHABLE }), true);
  equal(isNews(28, { mac: MAC, state: STALE }), false);
  equal(isNews(28, { mac: [2, 0, 0, 0, 0, 0x51], state: REACHABLE }), true);
  equal(isNews(28, { state: FAILED }), true);
  equal(isNews(28, { state: FAILED }), false);
  equal(isNews(29, { state: FAILED }), true);
});

Deno.test("multicast mappings and what bridges learn are no news, and the table is stale all the same", () => {
  const meaning = changeDetector();
  const stale = { part: "neighbour", isNews: false };
  deepEqual(meaning(neighbour(29, { address: OWN, mac: MAC, state: NOARP })), stale);
  deepEqual(meaning(neighbour(28, { family: 7, mac: MAC, state: REACHABLE })), stale);
});

Deno.test("the other ends of tunnels are news, for each MAC", () => {
  const meaning = changeDetector();
  const entry = { family: 7, address: OWN, state: NOARP! | PERMANENT! };
  equal(meaning(neighbour(28, { ...entry, mac: MAC }))?.isNews, true);
  equal(meaning(neighbour(28, { ...entry, mac: [2, 0, 0, 0, 0, 9] }))?.isNews, true);
  equal(meaning(neighbour(28, { ...entry, mac: MAC }))?.isNews, false);
});
