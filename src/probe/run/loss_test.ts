import { deepStrictEqual as same } from "node:assert";
import { LossMeter } from "./loss.ts";

function meter() {
  const told: number[] = [];
  const meter = new LossMeter((count) => told.push(count));
  const receive = (count: number) => {
    for (let i = 0; i < count; i++) meter.received();
  };
  /** Ticks of the kernel from `from` on, each arriving `lateMs` after it was made. */
  const ticks = (from: number, count: number, lateMs = 0) => {
    for (let at = from; at < from + count * 100; at += 100) meter.tick(at * 1e6, at + lateMs);
  };
  return { meter, told, receive, ticks };
}

Deno.test("lines that were emitted and never came are lost, once nothing is on its way", () => {
  const { meter: loss, told, receive, ticks } = meter();
  ticks(1_000, 5);
  receive(39);
  loss.emitted(20_000);
  same(told, [], "they may still come");
  loss.emitted(20_000);
  same(told, [19_961]);
  loss.emitted(20_000);
  same(told, [19_961], "told once");
});

Deno.test("a tick with the count tells of a loss at once, while packets keep flowing", () => {
  const { meter: loss, told, receive } = meter();
  receive(100);
  loss.tick(1_000e6, 0, 100);
  receive(50);
  loss.tick(1_100e6, 100, 157);
  same(told, [7]);
  receive(100);
  loss.tick(1_200e6, 200, 257);
  same(told, [7], "told once");
});

Deno.test("what bpftrace reported is not told twice", () => {
  const { meter: loss, told, receive } = meter();
  receive(40);
  loss.reported(50);
  loss.emitted(100);
  loss.end();
  same(told, [50, 10]);
  loss.reported(10);
  same(told, [50, 10], "bpftrace comes late with what is known already");
});

Deno.test("a reader that lags behind has lost nothing yet", () => {
  const { meter: loss, told, receive, ticks } = meter();
  ticks(1_000, 5);
  loss.emitted(100);
  ticks(1_500, 5, 200);
  loss.emitted(100);
  ticks(2_000, 2);
  loss.emitted(100);
  same(told, [], "it has only just caught up");
  receive(100);
  ticks(2_200, 5);
  loss.emitted(100);
  same(told, []);
});

Deno.test("what piled up before the first reading was read late, however soon one tick followed another", () => {
  const { meter: loss, told, receive, ticks } = meter();
  // Attaching lasts for seconds: the ticks of one processor are read at once, and then the other's lines.
  for (let at = 1_000, now = 5_000; at < 5_000; at += 100, now += 1) {
    loss.tick(at * 1e6, now);
    if (at % 250 < 100) loss.emitted(1);
  }
  same(told, [], "its line is in the buffer that is read next");
  receive(1);
  ticks(5_100, 5, 10);
  loss.emitted(1);
  same(told, []);
  loss.emitted(2);
  loss.emitted(2);
  same(told, [1], "what is missing then is lost");
});

Deno.test("at the end everything that is missing is lost", () => {
  const { meter: loss, told, receive } = meter();
  receive(3);
  loss.emitted(5);
  loss.end();
  same(told, [2]);
});

Deno.test("a bpftrace that never counted has lost nothing that we know of", () => {
  const { meter: loss, told, receive } = meter();
  receive(3);
  loss.end();
  same(told, []);
});

Deno.test("[O5] of what was never read it is told how much that is, or that it is something", () => {
  const { meter: counted, told, receive } = meter();
  receive(1);
  counted.end();
  counted.unread(4);
  counted.unread(4);
  same(told, [3]);
  const { meter: uncounted, told: toldOfOne, receive: receiveOne } = meter();
  receiveOne(1);
  uncounted.end();
  uncounted.unread(undefined);
  same(toldOfOne, [1]);
});
