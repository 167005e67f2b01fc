/**
 * The test runner behind `lasthop test`: static checks, then the pure tests side by side, then the
 * ones that touch the real kernel or a browser, one file after another.
 */
import { LasthopError } from "../src/event/error.ts";
import { passSignalsOn } from "./runner/child.ts";
import { findTestFiles, isSerial, selectFiles } from "./runner/files.ts";
import type { TestResult } from "./runner/result.ts";
import { CHECKS, runCheck, runFiles } from "./runner/steps.ts";
import { countLine, summary } from "./runner/summary.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

export async function runTests(wanted: { files: string[]; filter?: string }): Promise<number> {
  passSignalsOn();
  const { filter } = wanted;
  const files = selectFiles(await findTestFiles(root), wanted.files, root);
  const serial = files.filter(isSerial);
  const pure = files.filter((file) => !isSerial(file));
  const results: TestResult[] = [];

  const tell = (what: string, found: TestResult[], begin: number) => {
    results.push(...found);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    if (found.length > 0) console.log(`${what}: ${countLine(found)} (${seconds} s)`);
  };

  for (const check of wanted.files.length > 0 ? [] : CHECKS.filter(matcher(filter))) {
    const begin = performance.now();
    tell(check, [await runCheck(check, root)], begin);
  }
  if (pure.length > 0) {
    const begin = performance.now();
    const found = await runFiles({ root, files: pure, filter, parallel: true });
    tell(`${pure.length} files of pure tests`, found, begin);
  }
  for (const file of serial) {
    const begin = performance.now();
    tell(file, await runFiles({ root, files: [file], filter, parallel: false }), begin);
  }

  console.log(`\n${summary(results)}`);
  const ran = results.filter((result) => result.state !== "skipped");
  if (ran.length === 0) throw new LasthopError("no_test_ran", "Cannot test: no test ran");
  return ran.some((result) => result.state === "failed") ? 1 : 0;
}

/** As `deno test --filter` reads it: a part of the name, or a regular expression between slashes. */
function matcher(filter = ""): (name: string) => boolean {
  const pattern = /^\/(.+)\/$/.exec(filter)?.[1];
  if (pattern === undefined) return (name) => name.includes(filter);
  return (name) => new RegExp(pattern).test(name);
}
