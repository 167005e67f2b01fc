/** `lasthop report`: what is known of an incident's flows, now. */
import type { Format } from "../../exports/mod.ts";
import type { CommandFile } from "../command.ts";
import {
  askingAboutIncident,
  type FilterFlag,
  filterOption,
  type FormatFlags,
  formatOption,
  type IncidentFlags,
  type IncidentOptions,
  readFormat,
  readIncidentFlags,
} from "../options.ts";

/** The command. */
export const report: CommandFile<
  [IncidentFlags & FilterFlag & FormatFlags],
  IncidentOptions & FilterFlag & { format: Format | null }
> = {
  declare: (program) =>
    askingAboutIncident(program.command("report"))
      .addOption(filterOption())
      .addOption(formatOption())
      .description("what is known of an incident's flows"),

  read: (flags) => ({
    ...readIncidentFlags(flags),
    filter: flags.filter,
    format: readFormat(flags),
  }),

  async run(options) {
    const { askedIncident } = await import("../asking/incident.ts");
    const { printReport } = await import("../capture/print_report.ts");
    const { client, incident } = await askedIncident(options);
    printReport(await client.report(incident), options.format, options.filter);
    return 0;
  },
};
