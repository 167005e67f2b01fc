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

/** All that was recorded. Throws Error for a file that belongs to no case. */
export function readRecorded(): Recorded[] {
  const known = new Map(
    readCases().flatMap((one) => runsOf(one).map((run) => [run.name, { one, run }] as const)),
  );
  return [...Deno.readDirSync(RECORDED)].flatMap(({ name: kernel }) =>
    [...Deno.readDirSync(`${RECORDED}/${kernel}`)].filter(({ name }) => name.endsWith(".gz"))
      .map(({ name: file }) => {
        const name = file.replace(/\.archive\.gz$/, "");
        const found = known.get(name);
        if (found === undefined) throw new Error(`"${kernel}/${file}" belongs to no case`);
        const path = `${RECORDED}/${kernel}/${name}`;
        return { kernel, ...found, archive: `${path}.archive.gz`, expected: `${path}.expected` };
      })
  );
}
