/**
 * The test runner behind `lasthop test`: static checks and the pure tests side by side, then the
 * ones that touch the real kernel or a browser, one file after another.
 */
import { LasthopError } from "../src/event/error.ts";
import { passSignalsOn } from "./runner/child.ts";
import { findTestFiles, isQuick, isSerial, selectFiles } from "./runner/files.ts";
import type { TestResult } from "./runner/result.ts";
import { CHECKS, runCheck, runFiles } from "./runner/steps.ts";
import { countLine, summary } from "./runner/summary.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** What `lasthop test` was asked for. */
export interface TestRequest {
  /** Files, folders, or words of tests' names; none means everything. */
  words: string[];
  /** Only what needs neither kernel, browser, workerd nor network, nor the whole program, nor long. */
  quick: boolean;
  /** As `deno test --filter` takes it: only tests and checks with such a name. */
  filter?: string;
}

/**
 * Runs the suite or a part of it, prints each step and the summary.
 *
 * @returns The exit status: 1 when a test failed, else 0.
 * Throws LasthopError `no_test_ran` when nothing has such a name, `stopped` after a signal.
 */
export async function runTests({ words, quick, filter }: TestRequest): Promise<number> {
  passSignalsOn();
  // The tests' own processes inherit it: they run fewer seeds of the simulator.
  if (quick) Deno.env.set("LASTHOP_TEST_QUICK", "1");
  const all = (await findTestFiles(root)).filter((file) => !quick || isQuick(file));
  const selection = selectFiles(all, words, root);
  const results: TestResult[] = [];

  const tell = (what: string, found: TestResult[], begin: number) => {
    results.push(...found);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    if (found.length > 0) console.log(`${what}: ${countLine(found)} (${seconds} s)`);
  };
  const runAll = async (files: string[], filter?: string) => {
    const pure = files.filter((file) => !isSerial(file));
    if (pure.length > 0) {
      const begin = performance.now();
      const found = await runFiles({ root, files: pure, filter, parallel: true, quick });
      tell(`${pure.length} files of pure tests`, found, begin);
    }
    for (const file of files.filter(isSerial)) {
      const begin = performance.now();
      tell(file, await runFiles({ root, files: [file], filter, parallel: false }), begin);
    }
  };

  const runChecks = async () => {
    for (const check of words.length > 0 ? [] : CHECKS.filter(matcher(filter))) {
      const begin = performance.now();
      tell(check, [await runCheck(check, root)], begin);
    }
  };
  // The type check takes one processor; those that need the machine to themselves wait for it.
  const { pure, serial } = Object.groupBy(
    selection.files,
    (file) => isSerial(file) ? "serial" : "pure",
  );
  await Promise.all([runChecks(), runAll(pure ?? [], filter)]);
  await runAll(serial ?? [], filter);
  for (const word of selection.words) await runAll(await mentioning(word, all, selection), word);

  console.log(`\n${summary(results)}`);
  const ran = results.filter((result) => result.state !== "skipped");
  if (ran.length === 0) throw new LasthopError("no_test_ran", nothingRan(words, filter));
  return ran.some((result) => result.state === "failed") ? 1 : 0;
}

/**
 * Files whose tests' names may hold the word. A pure file may take its names from elsewhere, as the
 * specs do, and loads fast; one that needs the machine to itself is only run when it has the word.
 */
async function mentioning(word: string, all: string[], { files }: { files: string[] }) {
  const chosen: string[] = [];
  for (const file of all) {
    if (files.includes(file)) continue;
    if (!isSerial(file) || (await Deno.readTextFile(`${root}/${file}`)).includes(word)) {
      chosen.push(file);
    }
  }
  return chosen;
}

function nothingRan(words: string[], filter: string | undefined): string {
  const named = [...words, ...(filter === undefined ? [] : [filter])];
  if (named.length === 0) return "Cannot test: no test ran";
  return `Cannot test ${named.map((word) => `"${word}"`).join(" ")}: no test ran, ` +
    "must be a file, a folder, or a part of a test's name";
}

/** As `deno test --filter` reads it: a part of the name, or a regular expression between slashes. */
function matcher(filter = ""): (name: string) => boolean {
  const pattern = /^\/(.+)\/$/.exec(filter)?.[1];
  if (pattern === undefined) return (name) => name.includes(filter);
  return (name) => new RegExp(pattern).test(name);
}
