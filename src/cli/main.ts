/** The command table. Each command is a file, loaded when it is the one asked for. */
import { Argument, Command } from "commander";
import { failureOf } from "./failure.ts";
import * as flags from "./flags.ts";
import * as option from "./option_table.ts";
import { LAB_ACTIONS } from "./options.ts";
import { readLabAction } from "./read_value.ts";
import { VERSION } from "./version.ts";

let exitCode = 0;

/** Commander hands over the words first, then the flags, then itself: `read` takes what it knows. */
function runs<Options>(
  load: () => Promise<{ run(options: Options): Promise<number> }>,
  // deno-lint-ignore no-explicit-any
  read: (...words: any[]) => Options,
): (...words: unknown[]) => Promise<void> {
  return async (...words) => {
    const options = read(...words);
    const command = await load();
    exitCode = await command.run(options);
  };
}

const program = new Command("lasthop")
  .description("Which is the last hop a packet reached, and why did it go no further?")
  .version(VERSION)
  .exitOverride()
  .configureOutput({ outputError: () => {} });

option.capturing(program.command("trace"), "127.0.0.1:4680, or a free port")
  .description("watch this machine: every packet's path, the last hop, the cause")
  .action(runs(() => import("./commands/trace.ts"), flags.traceOptions));

option.capturing(program.command("probe"), "nowhere")
  .description("watch this node for a shared ingest")
  .addOption(option.ingest().makeOptionMandatory())
  .addOption(option.incident("the incident to report to").makeOptionMandatory())
  .addOption(option.token())
  .option("--spool <folder>", "where reports wait while the ingest is away")
  .addOption(option.nodeName())
  .action(runs(() => import("./commands/probe.ts"), flags.probeOptions));

program.command("serve")
  .description("the ingest, page and API on this machine")
  .addOption(option.listen("127.0.0.1:4680"))
  .option("--data <folder>", "where incidents are kept")
  .addOption(option.token())
  .option("--no-auth", "ask for no token, on a loopback address only")
  .addOption(option.limit())
  .addOption(option.allowOrigin())
  .action(runs(() => import("./commands/serve.ts"), flags.serveOptions));

option.asking(program.command("watch"))
  .description("an incident live, in this terminal")
  .addOption(option.incident("which incident (default: the newest)"))
  .action(runs(() => import("./commands/watch.ts"), flags.watchOptions));

option.asking(program.command("report"))
  .description("what is known of an incident's flows")
  .addOption(option.incident("which incident (default: the newest)"))
  .action(runs(() => import("./commands/report.ts"), flags.reportOptions));

option.asking(program.command("list"))
  .description("the incidents an ingest keeps")
  .action(runs(() => import("./commands/list.ts"), flags.listOptions));

option.asking(program.command("archive"))
  .description("keep an incident in one file")
  .argument("<FILE>", 'the file to write, "-" for stdout')
  .addOption(option.incident("which incident (default: the newest)"))
  .action(runs(() => import("./commands/archive.ts"), flags.archiveOptions));

program.command("replay")
  .description("open an archive again, on the same path as live data")
  .argument("<FILE>", "an archive")
  .addOption(option.json())
  .addOption(option.listen("127.0.0.1:4680, or a free port"))
  .option("--no-listen", "no page: print the report and end")
  .action(runs(() => import("./commands/replay.ts"), flags.replayOptions));

program.command("lab")
  .description("reproduce an incident in network namespaces of its own")
  .addArgument(
    new Argument("<action>", `one of ${LAB_ACTIONS.join(", ")}`).argParser(readLabAction),
  )
  .argument("[INCIDENT]", "which incident (default: all of them)")
  .option("--repaired", "the same network without the fault")
  .addOption(option.json())
  .option("--keep", "leave the network standing after a run")
  .action(runs(() => import("./commands/lab.ts"), flags.labOptions));

program.command("demo")
  .description("the tour: a lab, its trace, the page")
  .addOption(option.listen("127.0.0.1:4680, or a free port"))
  .option("--no-wait", "end after the tour")
  .action(runs(() => import("./commands/demo.ts"), flags.demoOptions));

program.command("doctor")
  .description("what this kernel and bpftrace can and cannot show, and what to do about it")
  .addOption(option.json())
  .action(runs(() => import("./commands/doctor.ts"), flags.doctorOptions));

program.command("explain")
  .description("what an outcome or a cause means, and what it takes to say so")
  .argument("[CODE]", "as in a report, such as no-route (default: a list of all)")
  .action(runs(() => import("./commands/explain.ts"), flags.explainOptions));

program.command("test")
  .description("the whole test suite")
  .argument("[WORDS...]", "only these files, folders, or tests with such a name (default: all)")
  .option("--quick", "only what needs neither kernel, browser, workerd nor network")
  .option("--filter <text>", "only tests whose name holds this text, or matches /this/")
  .action(runs(() => import("./commands/test.ts"), flags.testOptions));

try {
  await program.parseAsync();
} catch (error) {
  const failure = failureOf(error);
  if (failure.text !== undefined) console.error(`lasthop: ${failure.text}`);
  exitCode = failure.exitCode;
}
Deno.exit(exitCode);
