import { deepStrictEqual as equal } from "node:assert/strict";
import { LineSource } from "./line_source.ts";

/** What `emit.bt` prints of an IPv4 packet of UDP that a device of processor 1 received at `timeNs`. */
const received = (timeNs: number) =>
  [
    ...["R", timeNs, "1", "ffff8881dc03b100", "ffff8881dc03c000", "4026532528", "3", "eth0", "36"],
    ...["0", "0", "0", "0", (4 + (17 << 8) + (20 << 16)).toString(16), "0", "070024000045"],
    ...["100000a000001140", "200000a", "0", "0", "34121000409c581b", "400000699887766", "0", "0"],
  ].join("\t");

/** The source, and the times of the events that it has told. */
function sourceOf() {
  const told: bigint[] = [];
  const source = new LineSource({
    onEvent: ({ timeNs }) => told.push(timeNs),
    ...{ onTick() {}, onRefused() {}, onReading() {} },
    reasonName: String,
    online: () => [0, 1],
  });
  return { told, read: (...lines: string[]) => lines.forEach((line) => source.line(line)) };
}

Deno.test("the last packet of a processor that does not beat is told once all of its lines were read", () => {
  const { told, read } = sourceOf();
  read("b\t5\t0", "b\t6\t1", received(10), "t\t20", "b\t21\t0", "@emitted[1]: 1", "t\t30");
  equal(told, []);
  // The count is the same in two prints in a row, and as many lines were read.
  read("@emitted[1]: 1", "t\t40");
  equal(told, [10n]);
});

Deno.test("it waits while its processor has told more than was read: that may belong to it", () => {
  const { told, read } = sourceOf();
  read("b\t5\t0", "b\t6\t1", received(10), "@emitted[1]: 2", "t\t30", "@emitted[1]: 2", "t\t40");
  equal(told, []);
  read("b\t50\t1");
  equal(told, [10n]);
});
