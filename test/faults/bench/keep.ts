/** A case as a file, for whoever mends the analysis. */
import type { Judged } from "./group.ts";

/** `batches` is what `analyse` gets; a 64-bit number is text in it. */
export async function keep(folder: string, { run, score, report, batches }: Judged, seed: number) {
  await Deno.mkdir(folder, { recursive: true });
  const name = run.name.replaceAll("/", ".");
  const content = { case: run.name, seed, score, report, batches };
  const text = JSON.stringify(
    content,
    (_, value) => typeof value === "bigint" ? String(value) : value,
  );
  await Deno.writeTextFile(`${folder}/${name}.json`, text);
}
