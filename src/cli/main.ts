/** The command line's entry: runs the command that was asked for, and ends with its exit code. */
import { failureOf } from "./failure.ts";
import { createProgram } from "./program.ts";

let exitCode = 0;
try {
  await createProgram((code) => exitCode = code).parseAsync();
} catch (error) {
  const failure = failureOf(error);
  if (failure.text !== undefined) console.error(`lasthop: ${failure.text}`);
  exitCode = failure.exitCode;
}
Deno.exit(exitCode);
