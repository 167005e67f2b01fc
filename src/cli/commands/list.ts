/** `lasthop list`: the incidents an ingest keeps, newest first. */
import type { CommandFile } from "../command.ts";
import { type Access, type AskFlags, asking } from "../options.ts";

/** The options of `lasthop list`. */
export interface ListOptions extends Access {
  json: boolean;
  /** Leave out incidents that are closed. */
  open: boolean;
}

/** The command. */
export const list: CommandFile<[AskFlags & { open?: boolean }], ListOptions> = {
  declare: (program) =>
    asking(program.command("list")).description("the incidents an ingest keeps")
      .option("--open", "only those that are not closed"),

  read: ({ ingest, token, json = false, open = false }) => ({ ingest, token, json, open }),

  async run(options) {
    const { clientOf, newestFirst } = await import("../asking/incident.ts");
    const { incidentLines } = await import("../render/incidents.ts");
    const { lookOf, terminalOptions } = await import("../render/mod.ts");
    const all = newestFirst(await clientOf(options).listIncidents());
    const incidents = options.open ? all.filter(({ closedAt }) => closedAt === null) : all;
    if (options.json) console.log(JSON.stringify({ incidents }, null, 2));
    else console.log(incidentLines(incidents, lookOf(terminalOptions())).join("\n"));
    return 0;
  },
};
