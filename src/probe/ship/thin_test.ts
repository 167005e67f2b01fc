import { deepStrictEqual as equal } from "node:assert/strict";
import { DROP, fakeBatch, ORDINARY, textOf } from "../../../test/fake/batch.ts";
import { EVENT_KINDS, KINDS } from "../../event/kinds.ts";
import { countByNode, isOrdinary, thinned } from "./thin.ts";

Deno.test("thin: hops go, what tells why packets vanished stays", () => {
  const ordinary = EVENT_KINDS.filter((kind) => KINDS[kind].tier === "ordinary");
  equal(EVENT_KINDS.filter((kind) => isOrdinary(`${kind}\t1\t0`)), ordinary);
  equal(["device-rx", "drop", "neighbour"].map((kind) => isOrdinary(`${kind}\t1\t0`)), [
    true,
    false,
    false,
  ]);
});

Deno.test("thin: a batch keeps its header, its state and its drops", () => {
  const state = '{"kind":"state"}';
  const text = textOf(fakeBatch(1, [ORDINARY, state, DROP, ORDINARY]));
  equal(
    thinned(text),
    textOf({ ...fakeBatch(1, [ORDINARY, state, DROP, ORDINARY]), lines: [state, DROP] }),
  );
});

Deno.test("thin: events are counted for the node of their batch", () => {
  const text = textOf(fakeBatch(1, [ORDINARY, DROP, '{"kind":"state"}'], "a")) +
    textOf(fakeBatch(1, [ORDINARY], "b")) + textOf(fakeBatch(2, [ORDINARY], "a"));
  equal([...countByNode(text, () => true)], [["a", 3], ["b", 1]]);
  equal([...countByNode(text, isOrdinary)], [["a", 2], ["b", 1]]);
});
