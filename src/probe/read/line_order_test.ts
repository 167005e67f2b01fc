import { deepEqual } from "node:assert/strict";
import { decoded } from "../../../test/fake/decoded.ts";

/** A routing lookup that failed: time and processor, as every line has them. */
const lookup = (timeNs: number, cpu: number, to = "1") =>
  `O\t${timeNs}\t${cpu}\t254\t-101\t0\t1\t4026531840\t17\t${to}\t2\t0\t53`;

function taken(lines: readonly string[]) {
  const { events, refused } = decoded(lines);
  return { times: events.map(({ timeNs }) => timeNs), refused };
}

Deno.test("a line that is older than the one before it on its processor is of two scripts", () => {
  const lines = [lookup(100, 0), lookup(90, 1), lookup(200, 0), lookup(150, 0), lookup(210, 0)];
  deepEqual(taken(lines), { times: [100n, 90n, 200n, 210n], refused: [lookup(150, 0)] });
});

Deno.test("one of the same time that begins as the line before it is of two scripts, too", () => {
  const other = lookup(100, 0, "9");
  deepEqual(taken([lookup(100, 0), other]), { times: [100n], refused: [other] });
  // The same moment on another processor is another line.
  deepEqual(taken([lookup(100, 0), lookup(100, 1)]).refused, []);
});

Deno.test("a time of nonsense spoils no line after the next heartbeat", () => {
  const lines = [lookup(9e15, 0), lookup(100, 0), "t\t150", lookup(200, 0)];
  deepEqual(taken(lines), { times: [9_000_000_000_000_000n, 200n], refused: [lookup(100, 0)] });
});

const packet = (timeNs: number, skb = "f1") =>
  `R\t${timeNs}\t0\t${skb}\tf0\t7\t2\teth0\t84\t0\t0\t0\t0\t140104\t0\t` +
  "54000045\t100000a00000140\t200000a\t0\t0\t100000000000008\t0\t0\t0";
const outer = (id: string, skb = "f1") =>
  `T\t0\t${skb}\t110401\t${id}\t100f00a\t0\t200f00a\t0\tb5120000\t40000100`;

Deno.test("an outer header behind another of the same packet is of two scripts, and spoils neither", () => {
  const told = decoded([packet(100), outer("70000"), outer("ab0000"), packet(200), outer("90000")]);
  deepEqual(told.refused, [outer("ab0000")]);
  deepEqual(told.events.map(({ tunnelId }) => tunnelId), [7, 9]);
});

Deno.test("what a script tells of its packet after others interrupted it is that packet's", () => {
  const interrupted = [packet(100), packet(110, "f2"), packet(120, "f3")];
  const after = [outer("90000", "f3"), outer("80000", "f2"), outer("70000")];
  const told = decoded([...interrupted, ...after, packet(130)]);
  deepEqual(told.refused, []);
  deepEqual(told.events.map(({ tunnelId }) => tunnelId), [7, 8, 9, undefined]);
});

Deno.test("a packet that many came after is told, and waits for nothing more", () => {
  const skbs = ["f1", "f2", "f3", "f4"];
  const told = decoded([...skbs.map((skb, i) => packet(100 + i, skb)), outer("70000")]);
  deepEqual(told.refused, []);
  deepEqual(told.events.map(({ tunnelId }) => tunnelId), skbs.map(() => undefined));
});
