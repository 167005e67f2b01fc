/** The list of commands. Each is a file, which holds its options, its parser and its run. */
import { Command, Option } from "commander";
import { addCommand } from "./command.ts";
import { archive } from "./commands/archive.ts";
import { cluster } from "./commands/cluster.ts";
import { clusterIngest } from "./commands/cluster_ingest.ts";
import { complete } from "./commands/complete.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { explain } from "./commands/explain.ts";
import { incident } from "./commands/incident.ts";
import { join } from "./commands/join.ts";
import { lab } from "./commands/lab.ts";
import { list } from "./commands/list.ts";
import { probe } from "./commands/probe.ts";
import { record } from "./commands/record.ts";
import { relay } from "./commands/relay.ts";
import { replay } from "./commands/replay.ts";
import { report } from "./commands/report.ts";
import { serve } from "./commands/serve.ts";
import { test } from "./commands/test.ts";
import { trace } from "./commands/trace.ts";
import { watch } from "./commands/watch.ts";
import { takeAccess } from "./access.ts";
import { VERSION } from "./version.ts";
import { completion } from "./commands/completion.ts";
import { askColour, type Colour, COLOURS } from "./render/terminal.ts";

/** In the order of `lasthop --help`. */
const COMMANDS = [
  trace,
  probe,
  record,
  serve,
  join,
  cluster,
  clusterIngest,
  relay,
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
  complete,
  completion,
  test,
];

/** The program with all its commands. `onExit` learns the exit code of the one that has run. */
export function createProgram(onExit: (exitCode: number) => void): Command {
  const program = new Command("lasthop")
    .description("Which is the last hop a packet reached, and why did it go no further?")
    .version(VERSION)
    .addOption(
      new Option("--color <when>", "colours: auto is on a terminal, without NO_COLOR")
        .choices(COLOURS).default("auto"),
    )
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  program.hook("preAction", (_program, command) => {
    askColour(program.getOptionValue("color") as Colour);
    takeAccess(command);
  });
  for (const command of COMMANDS) addCommand(program, command, onExit);
  return program;
}
