/** `deno task faults`: every fault on the real kernel, and what lasthop says of it. */
import { parseArgs } from "node:util";
import { casesOf, GROUP_SIZE, runBench } from "./bench/bench.ts";
import { nameOf } from "./bench/case_run.ts";
import type { Judged } from "./bench/group.ts";
import { keep } from "./bench/keep.ts";
import { markdown, scoreLines } from "./bench/table.ts";
import { specs } from "./cases/all.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    all: { type: "boolean", default: false },
    group: { type: "string", default: String(GROUP_SIZE) },
    keep: { type: "string" },
    /** Leaves docs/faults.md as it is. */
    dry: { type: "boolean", default: false },
  },
});

const seed = Number(values.seed);
const only = values.only === undefined ? undefined : new RegExp(values.only);
const ids = casesOf(specs).filter((id) => only?.test(nameOf(id)) ?? true);
const begin = performance.now();
const stopping = new AbortController();
// A second signal ends the process at once; the next lab takes down what it leaves.
const stop = () => stopping.abort();
Deno.addSignalListener("SIGINT", stop);
Deno.addSignalListener("SIGTERM", stop);

const judged = await runBench(ids, {
  seed,
  groupSize: Number(values.group),
  signal: stopping.signal,
  async onJudged(one: Judged) {
    const { mark, complaints, said } = one.score;
    if (mark === "right" && !values.all) return;
    console.log(`${mark.padEnd(10)} ${one.run.name}  ${said}`);
    for (const complaint of complaints) console.log(`           ${complaint}`);
    if (values.keep !== undefined && mark !== "right") await keep(values.keep, one, seed);
  },
});

const seconds = Math.round((performance.now() - begin) / 1_000);
console.log(scoreLines(judged).join("\n"));
console.log(`seed ${seed}, ${judged.length} cases, ${seconds} s`);
if (judged.length > 0 && !values.dry) {
  const path = new URL("../../docs/faults.md", import.meta.url).pathname;
  const old = await Deno.readTextFile(path).catch(() => "");
  const date = new Date().toISOString().slice(0, 10);
  const cases = casesOf(specs).length;
  await Deno.writeTextFile(path, markdown(judged, { seed, seconds, date, cases }, old));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path] }).output();
}
Deno.removeSignalListener("SIGINT", stop);
Deno.removeSignalListener("SIGTERM", stop);
Deno.exit(judged.every(({ score }) => score.mark === "right") ? 0 : 1);
