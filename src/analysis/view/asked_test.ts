/** What is kept of questions that many ask, while their answers change. */
import { deepStrictEqual as deepEqual, equal } from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ask, askAllAgain, askIn, type Doubter, noted, Questions, read, Source } from "./asked.ts";

/** Something that asks one question of two sources. */
function asking(first: Source, second: Source, answers: { now: number; asked: number }) {
  const questions = new Questions();
  noted(questions, () =>
    ask([first, second], "what", () => {
      answers.asked++;
      return answers.now;
    }));
  return questions;
}

Deno.test("[D5] a question that many asked is asked once again, and all are told of another answer", () => {
  const [first, second] = [new Source(), new Source()];
  const answers = { now: 1, asked: 0 };
  const all = Array.from({ length: 50 }, () => asking(first, second, answers));
  equal(answers.asked, 1);
  second.changed();
  deepEqual(new Set(all.map((one) => one.hold())), new Set([true]));
  equal(answers.asked, 2);
  answers.now = 2;
  second.changed();
  deepEqual(new Set(all.map((one) => one.hold())), new Set([false]));
  equal(answers.asked, 3);
});

Deno.test("[D5] whoever asks what nobody wanted to know any more is told of each source again", () => {
  const [first, second] = [new Source(), new Source()];
  const answers = { now: 1, asked: 0 };
  asking(first, second, answers).end();
  // The second source finds that nobody asks, and forgets the question; the first one has it still.
  second.changed();
  askAllAgain();
  const again = asking(first, second, answers);
  answers.now = 2;
  second.changed();
  equal(again.hold(), false);
});

Deno.test("[D5] an answer that changes while the work goes on fails it", () => {
  const source = new Source();
  let now = 1;
  const questions = new Questions();
  noted(questions, () => {
    ask(source, "what", () => now);
    now = 2;
    source.changed();
    ask(source, "what", () => now);
  });
  equal(questions.hold(), false);
});

Deno.test("[D5] who fails is told so once, and nobody who does not ask any more", () => {
  const source = new Source();
  const told: string[] = [];
  const asker = (name: string) => {
    const questions = new Questions({ doubted: () => told.push(name) });
    noted(questions, () => read(source));
    return questions;
  };
  asker("a");
  asker("b").end();
  source.changed();
  source.shrunk();
  deepEqual(told, ["a"]);
});

Deno.test("[D5] moments of one stretch are one question, and other times are not asked about", () => {
  const source = new Source();
  let lost = 5e9;
  const asked: string[] = [];
  const over = (from: number, to: number) => {
    asked.push(`${from} ${to}`);
    return from <= lost && lost <= to ? "lost" : "";
  };
  const timed = { sources: [source], key: "lost", over };
  const at = (...moments: number[]) => {
    const questions = new Questions();
    noted(questions, () => {
      for (const moment of moments) askIn(timed, moment, moment, () => null);
    });
    return questions;
  };
  const [early, late] = [at(1e9, 1.1e9), at(9e9)];
  at(1.05e9, 1.1e9);
  equal(asked.length, 2);
  lost = 9e9;
  source.changed();
  deepEqual([early.hold(), late.hold()], [true, false]);
});

Deno.test("[D5] a time that is asked about again is asked anew where its question is over", () => {
  const source = new Source();
  const timed = { sources: [source], key: "lost", over: () => `${source.version}` };
  const at = (moment: number) => {
    const questions = new Questions();
    noted(questions, () => askIn(timed, moment, moment, () => null));
    return questions;
  };
  const first = at(1e9);
  source.shrunk();
  equal(first.hold(), false);
  const second = at(1e9);
  equal(second.hold(), true);
  source.changed();
  equal(second.hold(), false);
});

Deno.test("[D5] who asks one thing several times is told once, also where others ask in between", () => {
  const source = new Source();
  const told: string[] = [];
  const asker = (name: string) => new Questions({ doubted: () => told.push(name) });
  const [a, b] = [asker("a"), asker("b")];
  for (const questions of [a, a, b, a]) {
    noted(questions, () => {
      read(source);
      ask(source, "version", () => source.version);
    });
  }
  source.changed();
  askAllAgain();
  deepEqual(told.toSorted(), ["a", "b"]);
});

Deno.test("[D5] who was asked keeps nobody whose work is over, though others still want to know", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const source = new Source();
  const asked = (owner: Doubter) => {
    const questions = new Questions(owner);
    noted(questions, () => ask(source, "a", () => 1));
    noted(questions, () => read(source));
    return { questions, owner: new WeakRef(owner) };
  };
  const [first, second] = [asked({ doubted() {} }), asked({ doubted() {} })];
  // What a reference was made to lasts as long as this turn.
  await setImmediate();
  gc();
  equal(first.owner.deref() === undefined, false, "it is still to be told");
  first.questions.end();
  await setImmediate();
  gc();
  equal(first.owner.deref(), undefined);
  equal(second.owner.deref() === undefined, false, "the other one is still to be told");
  equal(second.questions.hold(), true);
});
