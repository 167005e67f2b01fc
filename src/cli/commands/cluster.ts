/** `lasthop cluster`: one trace on many machines, by one command. */
import { Argument, type Command, Option } from "commander";
import { onlyGiven } from "../access.ts";
import { type CaptureFlags, capturing, countersOption, readCapture } from "../capture/options.ts";
import { boundWords } from "../cluster/bounds.ts";
import { HURRIED } from "../cluster/hurried.ts";
import { type HostWord, readOn } from "../cluster/on_words.ts";
import { type Action, ACTIONS, type ClusterOptions } from "../cluster/options.ts";
import { withEnd } from "../cluster/to_words.ts";
import type { CommandFile } from "../command.ts";
import { fullOption, ingestOption } from "../options.ts";
import { usageError } from "../read_value.ts";
import { tokenFileOption, tokenOption } from "../token.ts";

interface Flags extends CaptureFlags {
  to?: string;
  on?: HostWord[];
  sshConfig?: string;
  into?: string;
  image?: string;
  nodes?: string[];
  ingest?: string;
  token?: string;
}

/** Throws LasthopError `usage` for options that are not of what is traced. */
function refuseStrange({ node, on, ...flags }: Flags): void {
  if (node !== undefined) {
    throw usageError("Cannot use --node with cluster: each machine is one node");
  }
  const ofKube = ["kubeconfig", "context", "into", "image", "nodes", "ingest"] as const;
  const strange = ofKube.find((name) => flags[name] !== undefined);
  if (on !== undefined && strange !== undefined) {
    throw usageError(`Cannot use --${strange} with --on: it is of a cluster, must be without`);
  }
  if (on === undefined && flags.sshConfig !== undefined) {
    throw usageError("Cannot use --ssh-config without --on: it is of ssh, must be with it");
  }
  if (flags.ingest !== undefined && !flags.token) {
    throw usageError("Cannot use --ingest: no token was given (--token-file or LASTHOP_TOKEN)");
  }
}

/** The command. */
export const cluster: CommandFile<[Action, string[], Flags], ClusterOptions> = {
  declare: (program) =>
    declared(program.command("cluster"))
      .description("watch many machines by one command: probes come, tell, and go again"),

  read(action, words, flags) {
    refuseStrange(flags);
    const { to, on, sshConfig, ingest, token, kubeconfig, context, into, image, nodes } = flags;
    if (action === "doctor" && (words.length > 0 || to !== undefined)) {
      throw usageError("Cannot use FILTER with doctor: it tries machines, must be without");
    }
    const filter = withEnd(flags.filter ?? words.join(" "), to);
    const own = readCapture(filter === "" ? [] : [filter], { ...flags, filter: undefined });
    return {
      ...{ ...own, action, on, sshConfig, bounds: boundWords(flags) },
      fleet: { kubeconfig, context, into, image, nodes },
      ingest: ingest === undefined ? undefined : { url: ingest, token: token! },
    };
  },

  async run(options) {
    const { createEnding } = await import("../capture/end.ts");
    const progress = (text: string) => console.error(`lasthop: ${text}`);
    const ending = createEnding(() => {
      progress(HURRIED);
      Deno.exit(130);
    });
    try {
      const how = { ending, bounds: options.bounds, progress };
      if (options.on === undefined) {
        const { traceKube } = await import("../cluster/kube/trace_kube.ts");
        return await traceKube(options, how);
      }
      const { doctorFleet } = await import("../cluster/doctor_fleet.ts");
      const { traceFleet } = await import("../cluster/trace_fleet.ts");
      const { openHosts } = await import("../cluster/hosts_fleet.ts");
      const { workAndLeave } = await import("../cluster/leave.ts");
      const { on, sshConfig, listen } = options;
      const open = () => openHosts({ on, sshConfig, listen, progress });
      return await workAndLeave(
        open,
        (fleet) =>
          options.action === "doctor"
            ? doctorFleet({ ...how, fleet })
            : traceFleet({ ...how, fleet, options }),
        progress,
      );
    } finally {
      ending.close();
    }
  },
};

const names = (text: string) => text.split(",").filter((word) => word !== "");

function declared(command: Command): Command {
  command.addArgument(new Argument("<action>", "what to do").choices(ACTIONS));
  return capturing(command, "127.0.0.1:4680, or a free port")
    .addOption(countersOption())
    .addOption(fullOption())
    .addOption(new Option("--to <end>", "the other end, too: an address, or a name as in FILTER"))
    .addOption(
      new Option("--on <machines>", "no cluster: ssh:HOST,HOST… or local; repeatable")
        .argParser(readOn),
    )
    .option("--ssh-config <file>", "of ssh, in place of the user's own")
    .addOption(
      new Option(
        "--nodes <names>",
        "of the cluster, with commas; all: to the end (default: those that matter)",
      ).argParser(names),
    )
    .option("--image <image>", "of the probes and the ingest, where the nodes get it")
    .option("--into <namespace>", "use this one (default: one is made, and removed)")
    .addOption(onlyGiven(ingestOption()))
    .addOption(tokenOption())
    .addOption(tokenFileOption());
}
