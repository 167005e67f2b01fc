/** `lasthop test`: the suite's runner lives with the tests. */
import { runTests } from "../../../test/run.ts";
import type { TestOptions } from "../options.ts";

export function run(options: TestOptions): Promise<number> {
  return runTests(options);
}
