import { equal } from "node:assert/strict";
import { DIGEST_RANGE, DIGEST_SUM_RANGE } from "../../event/digest.ts";
import { isOfOthers } from "./doubled.ts";
import type { CountedPlace } from "./parts.ts";
import type { Run, Step } from "./runs.ts";

const RUN: Run = { first: 0, last: 0, isBegun: true, isOver: true };
const STEPS = [{ number: 1 }] as Step[];
const place = (packets: number, digest?: number) => ({
  there: {
    epochs: new Map([[0, new Map([[1, packets]])]]),
    digests: new Map(digest === undefined ? [] : [[0, new Map([[1, digest]])]]),
  },
} as unknown as CountedPlace);
const of = (a: CountedPlace, b: CountedPlace, haveDigests = true) =>
  isOfOthers(RUN, 0, STEPS, [a, b], () => haveDigests);

Deno.test("[O50] what is missing by digests is no more than as many packets can add", () => {
  equal(of(place(9, 700), place(9, 700)), false, "the same ones");
  equal(of(place(9, 700), place(9, 701)), true, "as many, but others");
  equal(of(place(9, 700), place(8, 300)), false, "one was lost");
  equal(of(place(9, DIGEST_RANGE + 4), place(8, 5)), false, "one that adds the most");
  equal(of(place(9, DIGEST_RANGE + 4), place(8, 4)), true, "more than one can add");
  equal(of(place(9, 4), place(8, 5)), true, "another one came instead");
  equal(of(place(9, 4), place(8, 5), false), false, "of 40 bits of each packet it may be one");
  equal(of(place(9, 700), place(9, 701), false), true, "none is missing by number");
  equal(of(place(9, 2), place(8, DIGEST_SUM_RANGE - 1)), false, "the sum came round");
  equal(of(place(9, 700), place(9)), false, "nobody knows which came");
  equal(of(place(8, 300), place(9, 700)), false, "more came than went, which is told by number");
});
