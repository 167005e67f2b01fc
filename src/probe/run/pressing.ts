/**
 * How a bpftrace is asked to tell less while it runs. Rule O22. A program can't be changed once it is
 * attached, and to attach another one takes seconds of processor time when there is least of it, and begins
 * to count anew. But the kernel tells programs when a process gets another name: so a short process takes a
 * name that nobody else knows.
 */
import { execa } from "execa";
import { type Budget, halved } from "./budget.ts";

/** Where the kernel tells it. */
export const RENAME_POINT = "task:task_rename";

/** What a program waits for. */
export interface Pressing {
  /** Begins the name of each step. Who reads it when it is used can only ask for what was asked for. */
  word: string;
  /** So often half as much can be asked for. */
  steps: number;
}

/** A name of a process has room for 15 bytes, two of them for the step. */
const WORD_BYTES = 13;

const LETTERS = 26;

/** A word by chance, and as many steps as the budget has halves. */
export function newPressing(budget: Budget): Pressing {
  const bytes = crypto.getRandomValues(new Uint8Array(WORD_BYTES));
  const word = [...bytes].map((byte) => String.fromCharCode(97 + byte % LETTERS)).join("");
  let steps = 0;
  for (let less = halved(budget); less !== null; less = halved(less)) steps++;
  return { word, steps };
}

const nameOf = ({ word }: Pressing, step: number) => `${word}${step}`;

/** The part of a program that waits for it: `bpf/lib/budget.bt` reads the step in `@pressed`. */
export function pressed(pressing: Pressing): string {
  const steps = Array.from({ length: pressing.steps }, (_, i) => i + 1);
  const lines = steps.map((step) =>
    `  if (args->newcomm == "${nameOf(pressing, step)}" && @pressed[0] < ${step}) ` +
    `{ @pressed[0] = (uint64)${step}; }`
  );
  return [`tracepoint:${RENAME_POINT}`, "{", ...lines, "}"].join("\n");
}

/** Asks for a step, the first is 1. Resolves with whether the kernel could be told. */
export async function press(pressing: Pressing, step: number): Promise<boolean> {
  if (step > pressing.steps) return false;
  const { failed } = await execa(
    "sh",
    ["-c", `printf %s "$0" >/proc/self/comm`, nameOf(pressing, step)],
    { reject: false, stdio: "ignore" },
  );
  return !failed;
}
