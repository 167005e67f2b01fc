/** `lasthop cluster`: one trace on many machines, by one command. */
import { Argument, type Command, Option } from "commander";
import {
  type CaptureFlags,
  type CaptureOptions,
  capturing,
  readCapture,
} from "../capture/options.ts";
import { HURRIED } from "../cluster/hurried.ts";
import { type HostWord, readOn } from "../cluster/on_words.ts";
import { boundWords } from "../cluster/bounds.ts";
import { withEnd } from "../cluster/to_words.ts";
import type { CommandFile } from "../command.ts";
import { fullOption } from "../options.ts";
import { usageError } from "../read_value.ts";

/** What can be done, in the order of the help. */
const ACTIONS = ["trace"] as const;
type Action = typeof ACTIONS[number];

interface Flags extends CaptureFlags {
  to?: string;
  on?: HostWord[];
  sshConfig?: string;
}

/** The options of `lasthop cluster`. */
export interface ClusterOptions extends CaptureOptions {
  action: Action;
  on: HostWord[];
  sshConfig?: string;
  /** Words of `lasthop probe` that bound it. */
  bounds: string[];
}

/** The command. */
export const cluster: CommandFile<[Action, string[], Flags], ClusterOptions> = {
  declare: (program) =>
    declared(program.command("cluster"))
      .description("watch many machines by one command: probes come, tell, and go again"),

  read(action, words, flags) {
    if (flags.node !== undefined) {
      throw usageError("Cannot use --node with cluster: each machine is one node");
    }
    if (flags.on === undefined) {
      throw usageError("Cannot trace: no machine is named, must be --on local or --on ssh:HOST,…");
    }
    const filter = withEnd(flags.filter ?? words.join(" "), flags.to);
    const { filter: _, ...rest } = flags;
    const own = readCapture(filter === "" ? [] : [filter], rest);
    const { on, sshConfig } = flags;
    return { ...own, action, on, sshConfig, bounds: boundWords(flags) };
  },

  async run({ action: _, on, sshConfig, bounds, ...options }) {
    const { createEnding } = await import("../capture/end.ts");
    const { openHosts } = await import("../cluster/hosts_fleet.ts");
    const { traceAndLeave } = await import("../cluster/leave.ts");
    const progress = (text: string) => console.error(`lasthop: ${text}`);
    const ending = createEnding(() => {
      progress(HURRIED);
      Deno.exit(130);
    });
    try {
      const open = () => openHosts({ on, sshConfig, listen: options.listen, progress });
      return await traceAndLeave(open, { options, ending, bounds, progress });
    } finally {
      ending.close();
    }
  },
};

function declared(command: Command): Command {
  command.addArgument(new Argument("<action>", "what to do").choices(ACTIONS));
  return capturing(command, "127.0.0.1:4680, or a free port")
    .addOption(fullOption())
    .addOption(new Option("--to <end>", "the other end, too: an address, or a name as in FILTER"))
    .addOption(
      new Option("--on <machines>", "ssh:HOST,HOST…, or local; repeatable").argParser(readOn),
    )
    .option("--ssh-config <file>", "of ssh, in place of the user's own");
}
