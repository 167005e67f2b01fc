import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { Bar, whileShown } from "./bar.ts";

function barOf() {
  let nowMs = 0;
  const written: string[] = [];
  const options = { write: (text: string) => written.push(text), nowMs: () => nowMs, ascii: true };
  const bar = new Bar("importing", options);
  return { bar, written, after: (ms: number) => nowMs = ms };
}

Deno.test("what takes less than a second shows no bar, and leaves nothing", () => {
  const { bar, written, after } = barOf();
  after(999);
  bar.draw();
  bar.close();
  deepEqual(written, []);
});

Deno.test("a bar fills with its share, moves without one, and is gone when it is closed", () => {
  const { bar, written, after } = barOf();
  bar.now("importing", 0.5);
  after(2_500);
  bar.draw();
  equal(written[0], `\r\x1b[K${"#".repeat(12)}${"-".repeat(12)}  50 %  importing 2 s\r`);
  bar.now("attaching");
  bar.draw();
  equal(written[1], `\r\x1b[K${"-".repeat(10)}${"#".repeat(6)}${"-".repeat(8)}  attaching 2 s\r`);
  after(2_750);
  bar.draw();
  match(written[2]!, /K-{11}#{6}-{7} /);
  bar.close();
  equal(written[3], "\r\x1b[K");
});

Deno.test("a bar is there while something goes on, and gone when that fails", async () => {
  const { bar, written, after } = barOf();
  const work = () => {
    after(2_000);
    bar.draw();
    return Promise.reject(new Error("it failed"));
  };
  await rejects(whileShown("making the report", work, bar), /it failed/);
  equal(written.length, 2);
  equal(written[1], "\r\x1b[K");
});
