import { deepStrictEqual as equal } from "node:assert/strict";
import { CaughtUp } from "./caught_up.ts";

/** Reads lines between two ticks, and returns of processors 0 to 2 which the last of them proves whole. */
function reader() {
  const caughtUp = new CaughtUp();
  return (tickNs: bigint, ...lines: string[]) => {
    const [proof] = [...lines, "t\t0"].map((line) => caughtUp.line(line, tickNs)).filter(Boolean);
    return proof && { timeNs: proof.timeNs, cpus: [0, 1, 2].filter(proof.isCaughtUp) };
  };
}

Deno.test("a processor of which all lines were read at two prints in a row is whole up to the first", () => {
  const read = reader();
  equal(read(1n, "R\t5\t1\tff", "T\t1\tff", "@emitted[1]: 2"), undefined);
  equal(read(2n, "R\t6\t0\tfe", "b\t7\t1"), undefined);
  equal(read(3n, "@emitted[0]: 1", "@emitted[1]: 2"), { timeNs: 1n, cpus: [1, 2] });
  equal(read(4n, "@emitted[0]: 1", "@emitted[1]: 2"), { timeNs: 3n, cpus: [0, 1, 2] });
});

Deno.test("a processor that was not read to its end is not whole, and neither is one that goes on", () => {
  const read = reader();
  read(1n, "@emitted[0]: 2", "R\t5\t0\tff");
  equal(read(2n, "@emitted[0]: 2", "R\t6\t0\tff"), { timeNs: 1n, cpus: [1, 2] });
  equal(read(3n, "@emitted[0]: 3", "R\t7\t0\tff"), { timeNs: 2n, cpus: [1, 2] });
  // A line was lost: it is never caught up again.
  equal(read(4n, "@emitted[0]: 4"), { timeNs: 3n, cpus: [1, 2] });
  equal(read(5n, "@emitted[0]: 4"), { timeNs: 4n, cpus: [1, 2] });
});

Deno.test("every kind of line is counted for the processor that told it", () => {
  const read = reader();
  const lines = ["R\t1\t2\tff", "N\t1\t2\t2", "O\t1\t2\t3", "G\t1\t4", "b\t1\t1", "t\t1"];
  const others = ["T", "Q", "C", "J", "K", "Y", "W"].map((letter) => `${letter}\t2\tff\t1`);
  const emitted = ["@emitted[0]: 1", "@emitted[2]: 10"];
  read(1n, ...lines, ...others, ...emitted);
  equal(read(2n, ...emitted), { timeNs: 1n, cpus: [0, 1, 2] });
});
