/** `lasthop list`: the incidents an ingest keeps, the one with the latest activity first. */
import type { CommandFile } from "../command.ts";
import { type Access, type AskFlags, asking } from "../options.ts";

/** The options of `lasthop list`. */
export interface ListOptions extends Access {
  json: boolean;
}

/** The command. */
export const list: CommandFile<[AskFlags], ListOptions> = {
  declare: (program) =>
    asking(program.command("list")).description("the incidents an ingest keeps"),

  read: ({ ingest, token, json = false }) => ({ ingest, token, json }),

  async run(options) {
    const { clientOf, newestFirst } = await import("../asking/incident.ts");
    const { incidentLines } = await import("../render/incidents.ts");
    const { lookOf, terminalOptions } = await import("../render/mod.ts");
    const incidents = newestFirst(await clientOf(options).listIncidents());
    if (options.json) console.log(JSON.stringify({ incidents }, null, 2));
    else console.log(incidentLines(incidents, lookOf(terminalOptions())).join("\n"));
    return 0;
  },
};
