/** The parts of the suite: static checks first, then test files, each told as results. */
import { runDeno } from "./child.ts";
import { readJunit } from "./junit.ts";
import { type TestResult, verdict } from "./result.ts";

/** Type checking happens here, once, for every file: the tests themselves run with --no-check. */
export const CHECKS = ["deno fmt --check", "deno lint", "deno check"];

const checkSecondsMax = 300;
const fileSecondsMax = 600;
/** All pure files at once: 150 s of two processors that nobody else uses, and up to 7 times that beside others. */
const sideBySideSecondsMax = 1800;

export async function runCheck(check: string, root: string): Promise<TestResult> {
  const args = check.split(" ").slice(1);
  const { ok, seconds, output } = await runDeno(args, root, checkSecondsMax);
  return verdict(check, ok ? "passed" : "failed", seconds, ok ? undefined : lastLines(output));
}

export interface TestRun {
  root: string;
  files: string[];
  filter?: string;
  parallel: boolean;
  /** `lasthop test --quick`. */
  quick?: boolean;
}

export async function runFiles(
  { root, files, filter, parallel, quick = false }: TestRun,
): Promise<TestResult[]> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  try {
    const junit = `${folder}/junit.xml`;
    const args = ["test", "-A", "--no-check", "--cached-only", `--junit-path=${junit}`];
    if (parallel) args.push("--parallel");
    if (filter !== undefined) args.push(`--filter=${filter}`);
    const secondsMax = parallel ? sideBySideSecondsMax : fileSecondsMax;
    const given = parallel ? await importing(files, root, folder, quick) : files;
    const config = `--config=${root}/deno.json`;
    const child = await runDeno([...args, config, ...given], root, secondsMax);
    const report = readJunit(await Deno.readTextFile(junit).catch(() => ""));
    return [...ofFile(report.results, files), ...unreported(parallel ? [] : files, report, child)];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Deno names the file that called Deno.test, which may be a helper of many: a run of one file is that file's. */
function ofFile(results: TestResult[], files: string[]): TestResult[] {
  return files.length === 1 ? results.map((result) => ({ ...result, file: files[0]! })) : results;
}

/**
 * Groups for each processor: the one that takes longest must not be much of all. Each loads what its files
 * import, 2 s of a processor, so that those of few seconds are fewer.
 */
const GROUPS_EACH = { quick: 2, whole: 4 };

/** Read before the files of each group in `lasthop test --quick`. */
const FEW_RUNS = new URL("few_runs.ts", import.meta.url).href;

/**
 * A few modules that import the files, each its share of them; in the folder. Else each file would load
 * all of its modules anew.
 */
async function importing(
  files: string[],
  root: string,
  folder: string,
  quick: boolean,
): Promise<string[]> {
  const each = GROUPS_EACH[quick ? "quick" : "whole"];
  const groups = Math.min(each * navigator.hardwareConcurrency, files.length);
  return await Promise.all(Array.from({ length: groups }, async (_, group) => {
    const path = `${folder}/group${group}_test.ts`;
    const own = files.filter((_, i) => i % groups === group);
    const modules = [...(quick ? [FEW_RUNS] : []), ...own.map((file) => `file://${root}/${file}`)];
    await Deno.writeTextFile(
      path,
      modules.map((module) => `import ${JSON.stringify(module)};\n`).join(""),
    );
    return path;
  }));
}

/** A file that threw while loading is in no count, nor is a run that ended before its report. */
function unreported(
  files: string[],
  report: ReturnType<typeof readJunit>,
  child: Awaited<ReturnType<typeof runDeno>>,
): TestResult[] {
  const explained = report.results.some((result) => result.state === "failed");
  // Deno blames the file that called Deno.test, which may be a helper: a run of one file whose tests
  // are all reported is that file's.
  const isHelped = files.length === 1 && report.results.length > 0;
  const silent = isHelped ? [] : files.filter((file) => !report.files.has(file));
  const cancelled = report.results.some((result) => result.detail === "Cancelled");
  const said = lastLines(child.output);
  if (silent.length > 0 && report.files.size > 0) {
    return silent.map((file) => verdict(`${file} ran no test`, "failed", 0, said));
  }
  if (cancelled || (!child.ok && !explained)) {
    const name = files.length === 1 ? files[0] : "a run of several files";
    return [verdict(`${name} ended early`, "failed", child.seconds, said)];
  }
  return [];
}

function lastLines(output: string): string {
  const lines = output.trimEnd().split("\n").filter((line) => !/^Check \S+$/.test(line));
  return lines.slice(-60).join("\n");
}
