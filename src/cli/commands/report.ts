/** `lasthop report`: what is known of an incident's flows, now. */
import type { CommandFile } from "../command.ts";
import {
  askingAboutIncident,
  type FilterFlag,
  filterOption,
  type IncidentFlags,
  type IncidentOptions,
  readIncidentFlags,
} from "../options.ts";

/** The command. */
export const report: CommandFile<[IncidentFlags & FilterFlag], IncidentOptions & FilterFlag> = {
  declare: (program) =>
    askingAboutIncident(program.command("report"))
      .addOption(filterOption())
      .description("what is known of an incident's flows"),

  read: (flags) => ({ ...readIncidentFlags(flags), filter: flags.filter }),

  async run(options) {
    const { askedIncident } = await import("../asking/incident.ts");
    const { printReport } = await import("../capture/print_report.ts");
    const { client, incident } = await askedIncident(options);
    printReport(await client.report(incident), options.json, options.filter);
    return 0;
  },
};
