/** `lasthop cluster-ingest`: what the pod of `lasthop cluster trace` runs. It is in no list of commands. */
import type { CommandFile } from "../command.ts";
import { listenOption } from "../options.ts";
import { type ListenAddress, usageError } from "../read_value.ts";
import { tokenOption } from "../token.ts";

interface Flags {
  listen?: ListenAddress;
  data?: string;
  token?: string;
  removes?: string;
}

type Options = { listen: ListenAddress } & Record<"data" | "token" | "removes", string>;

/** The command. */
export const clusterIngest: CommandFile<[Flags], Options> = {
  declare: (program) =>
    program.command("cluster-ingest", { hidden: true })
      .description("the ingest of a cluster's trace, in its pod")
      .addOption(listenOption("0.0.0.0:4680"))
      .option("--data <folder>", "where incidents are kept")
      .option("--removes <object>", "namespaces/NAME or serviceaccounts/NAME, at the end")
      .addOption(tokenOption()),

  read({ listen, data, token, removes }) {
    if (listen === undefined || data === undefined || !token || removes === undefined) {
      throw usageError("Cannot run: must have --listen, --data, --removes and LASTHOP_TOKEN");
    }
    return { listen, data, token, removes };
  },

  async run({ listen, data, token, removes }) {
    const { removeTrace } = await import("../cluster/kube/remove_trace.ts");
    const { serveIngest } = await import("../serving/serve_ingest.ts");
    try {
      return await serveIngest({
        ...{ listen, data, token, auth: true, limits: {}, allowOrigins: [], filter: "" },
        ...{ bounds: {}, offersProbe: false, tether: true },
      });
    } finally {
      await removeTrace(
        removes,
        (name) => Deno.env.get(name),
        (text) => console.error(`lasthop: ${text}`),
      );
    }
  },
};
