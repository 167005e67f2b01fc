/** The list of commands. Each is a file, which holds its options, its parser and its run. */
import { Command } from "commander";
import { addCommand } from "./command.ts";
import { archive } from "./commands/archive.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { explain } from "./commands/explain.ts";
import { incident } from "./commands/incident.ts";
import { join } from "./commands/join.ts";
import { lab } from "./commands/lab.ts";
import { list } from "./commands/list.ts";
import { probe } from "./commands/probe.ts";
import { replay } from "./commands/replay.ts";
import { report } from "./commands/report.ts";
import { serve } from "./commands/serve.ts";
import { test } from "./commands/test.ts";
import { trace } from "./commands/trace.ts";
import { watch } from "./commands/watch.ts";
import { takeAccess } from "./access.ts";
import { failureOf } from "./failure.ts";
import { VERSION } from "./version.ts";

/** In the order of `lasthop --help`. */
const COMMANDS = [
  trace,
  probe,
  serve,
  join,
  incident,
  watch,
  report,
  list,
  archive,
  replay,
  lab,
  demo,
  doctor,
  explain,
  test,
];

const program = new Command("lasthop")
  .description("Which is the last hop a packet reached, and why did it go no further?")
  .version(VERSION)
  .exitOverride()
  .configureOutput({ outputError: () => {} });

program.hook("preAction", (_program, command) => takeAccess(command));

let exitCode = 0;
for (const command of COMMANDS) addCommand(program, command, (code) => exitCode = code);

try {
  await program.parseAsync();
} catch (error) {
  const failure = failureOf(error);
  if (failure.text !== undefined) console.error(`lasthop: ${failure.text}`);
  exitCode = failure.exitCode;
}
Deno.exit(exitCode);
