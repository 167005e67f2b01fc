/** What was recorded on the kernels: `KERNEL/RUN.archive.gz`, and what is said of it. */
import { type Case, readCases, type Run, runsOf } from "./runs.ts";

/** The folder of all. */
export const RECORDED = new URL("../recorded", import.meta.url).pathname;

/** One recorded run. */
export interface Recorded {
  kernel: string;
  one: Case;
  run: Run;
  archive: string;
  /** What the report was when somebody looked at it last. */
  expected: string;
}

/**
 * All that was recorded. Throws Error for a file that belongs to no case, and for a kernel without any:
 * then a checkout is not whole, and a page made of it would be empty.
 */
export function readRecorded(folder = RECORDED): Recorded[] {
  const known = new Map(
    readCases().flatMap((one) => runsOf(one).map((run) => [run.name, { one, run }] as const)),
  );
  const kernels = isFolder(folder) ? [...Deno.readDirSync(folder)] : [];
  if (kernels.length === 0) throw lacking(folder);
  return kernels.flatMap(({ name: kernel }) => {
    const files = [...Deno.readDirSync(`${folder}/${kernel}`)]
      .filter(({ name }) => name.endsWith(".gz"));
    if (files.length === 0) throw lacking(`${folder}/${kernel}`);
    return files.map(({ name: file }) => {
      const name = file.replace(/\.archive\.gz$/, "");
      const found = known.get(name);
      if (found === undefined) throw new Error(`"${kernel}/${file}" belongs to no case`);
      const path = `${folder}/${kernel}/${name}`;
      return { kernel, ...found, archive: `${path}.archive.gz`, expected: `${path}.expected` };
    });
  });
}

const lacking = (folder: string) =>
  new Error(`Cannot read what was recorded on kernels: "${folder}" has no archive`);

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
