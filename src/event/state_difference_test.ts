import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { decodeLine } from "./codec.ts";
import { emptyState, type NetnsState } from "./state.ts";
import { Base, wholeOf } from "./state_difference.ts";
import { weightBeside } from "./state_line.ts";

const neighbour = (n: number, state = "REACHABLE") => ({
  ...{ address: `10.0.${n >> 8}.${n & 255}`, device: "eth0", states: [state] },
});
const stateOf = (neighbours: NetnsState["neighbours"], timeNs: string, more = {}) =>
  emptyState(7, timeNs, { neighbours, ...more });

/** As it is read from a line. */
function asSent(state: NetnsState): NetnsState {
  const line = decodeLine(JSON.stringify(state));
  if (line.type !== "state") throw new Error("Cannot read it: it is no state");
  return line.state;
}

/** Two readings of which the second has rows of the first, in any order, and others. */
const readings = fc.record({
  before: fc.array(fc.nat(40), { maxLength: 40 }),
  after: fc.array(fc.nat(60), { maxLength: 60 }),
  settings: fc.tuple(
    fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("0", "1")),
    fc.dictionary(fc.constantFrom("b", "c", "d"), fc.constantFrom("0", "1")),
  ),
  xfrm: fc.tuple(fc.array(fc.constantFrom("x", "y")), fc.array(fc.constantFrom("x", "z"))),
});

Deno.test("[D12] a state told by difference is the state itself, in the same order", () => {
  fc.assert(fc.property(readings, ({ before, after, settings, xfrm }) => {
    const base = stateOf(before.map((n) => neighbour(n)), "1", {
      ...{ sysctls: settings[0], xfrm: xfrm[0] },
    });
    const state = stateOf(after.map((n) => neighbour(n)), "2", {
      ...{ sysctls: settings[1], xfrm: xfrm[1], name: "blue", kept: ["routes"] },
    });
    const told = asSent(new Base(base).difference(state));
    deepEqual(wholeOf(told, asSent(base)), asSent(state));
    deepEqual(Object.keys(wholeOf(told, base)!.sysctls), Object.keys(state.sysctls));
  }));
});

Deno.test("[D12] one neighbour of 10,000 that changed is told in a few characters", () => {
  const all = Array.from({ length: 10_000 }, (_, n) => neighbour(n));
  const routes = all.map(({ address }) => ({
    ...{ family: 4 as const, table: 254, type: "unicast", destination: `${address}/32` },
  }));
  const base = stateOf(all, "1", { routes });
  const after = all.toSpliced(5_000, 1, neighbour(5_000, "FAILED"));
  const line = JSON.stringify(new Base(base).difference(stateOf(after, "2", { routes })));
  ok(line.length < 700, `${line.length} characters`);
  // What it takes in memory counts: 8 bytes a row of the list that is another one.
  equal(weightBeside(JSON.parse(line)), 40_000);
  // A table that is the same is the same object: what was found out of it need not be again.
  const whole = wholeOf(JSON.parse(line), base)!;
  equal(whole.routes, base.routes);
  notEqual(whole.neighbours, base.neighbours);
});

Deno.test("[D12] what does not fit the state that it differs from is not made of it", () => {
  const base = stateOf([1, 2, 3].map((n) => neighbour(n)), "1");
  const told = new Base(base).difference(stateOf([neighbour(1), neighbour(9)], "2"));
  deepEqual(told.copied?.neighbours, [[0, 1], 1]);
  const other = (some: Partial<NetnsState>) => wholeOf({ ...told, ...some }, base);
  ok(other({}) !== null);
  equal(wholeOf(told, { ...base, timeNs: "3" }), null);
  equal(wholeOf(told, { ...base, netns: 8 }), null);
  equal(wholeOf(told, told), null);
  equal(other({ copied: { neighbours: "all" } }), null);
  // Rows that are not there, rows that stand nowhere, and more rows than a table may have.
  equal(other({ copied: { neighbours: [[1, 3], 1] } }), null);
  equal(other({ copied: { neighbours: [[0, 1], 2] } }), null);
  equal(other({ copied: { neighbours: [[0, 1]] } }), null);
  const many = Array.from({ length: 10_000 }, (): [number, number] => [0, 30]);
  const large = stateOf(Array.from({ length: 30 }, (_, n) => neighbour(n)), "1");
  equal(wholeOf({ ...told, neighbours: [], copied: { neighbours: many } }, large), null);
});

Deno.test("[E2] a difference that is not as it should be is refused", () => {
  const told = JSON.parse(JSON.stringify(stateOf([], "2")));
  const line = (some: object) =>
    decodeLine(JSON.stringify({ ...told, kind: "state-difference", base: "1", ...some }));
  equal(line({ copied: { routes: [[0, 2], 1] } }).type, "state");
  throws(() => line({ copied: { links: [[0]] } }));
  throws(() => line({ copied: { links: [0] } }));
  throws(() => line({ copied: { links: [[0, -1]] } }));
  throws(() => line({ copied: { sentences: [[0, 1]] } }));
  throws(() => line({ base: "yesterday" }));
});
