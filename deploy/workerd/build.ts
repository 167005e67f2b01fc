/**
 * The ingest for workerd as one folder, with workerd: `deno task build:workerd [FOLDER]`, dist/workerd
 * unless told otherwise. docs/deploy.md says what to do with it.
 */
import { bundleWorker } from "../bundle_worker.ts";
import { workerdBinary } from "../npm_tool.ts";

const HERE = new URL(".", import.meta.url).pathname;

/** What is in the folder already is replaced. `entry`: another worker than the real one. */
export async function buildWorkerd(folder: string, entry?: string): Promise<void> {
  const [binary, { code }] = await Promise.all([workerdBinary(), bundleWorker(entry)]);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/worker.js`, code);
  for (const name of ["lasthop.capnp", "disk_bucket.js"]) {
    await Deno.copyFile(`${HERE}${name}`, `${folder}/${name}`);
  }
  await Deno.remove(`${folder}/workerd`).catch(() => {});
  // It is large, and the same file where both are on one disk.
  await Deno.link(binary, `${folder}/workerd`).catch(() =>
    Deno.copyFile(binary, `${folder}/workerd`)
  );
}

if (import.meta.main) {
  const folder = Deno.args[0] ?? new URL("../../dist/workerd", import.meta.url).pathname;
  await buildWorkerd(folder);
  console.log(folder);
}
