/**
 * `deno task soak [--minutes 10] [--seed N] [--write] [--keep FOLDER]`: probes, ingests and faults
 * under harm, as root. Figures on stdout; with --write in docs/reliability.md, too; --keep: archives
 * and samples of memory. Exit 1 when a promise broke.
 */
import { parseArgs } from "node:util";
import { markdown, placed } from "./figures.ts";
import { soak } from "./soak.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    keep: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

const stopping = new AbortController();
const stop = () => stopping.abort();
Deno.addSignalListener("SIGINT", stop);
Deno.addSignalListener("SIGTERM", stop);
const begun = performance.now();
const seed = Number(values.seed);
console.error(`soak: seed ${seed}, ${values.minutes} minutes`);
const figures = await soak({
  minutes: Number(values.minutes),
  seed,
  keep: values.keep,
  signal: stopping.signal,
  onProgress(text) {
    console.error(`${((performance.now() - begun) / 1_000).toFixed(0).padStart(5)} s  ${text}`);
  },
});
const text = markdown(figures, new Date().toISOString().slice(0, 10));
console.log(text);
if (values.write && !stopping.signal.aborted) {
  const path = new URL("../../docs/reliability.md", import.meta.url).pathname;
  await Deno.writeTextFile(path, placed(await Deno.readTextFile(path), text));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path] }).output();
}
Deno.exit(figures.complaints.length === 0 ? 0 : 1);
