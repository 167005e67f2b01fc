/** `lasthop report`: what is known of an incident's flows, now. */
import type { Format } from "../../exports/mod.ts";
import type { CommandFile } from "../command.ts";
import {
  askingAboutIncident,
  type FilterFlag,
  filterOption,
  type FormatFlags,
  formatOption,
  type FullFlag,
  fullOption,
  type IncidentFlags,
  type IncidentOptions,
  readFormat,
  readIncidentFlags,
} from "../options.ts";

/** The command. */
export const report: CommandFile<
  [IncidentFlags & FilterFlag & FormatFlags & FullFlag],
  IncidentOptions & FilterFlag & { format: Format | null; isFull: boolean }
> = {
  declare: (program) =>
    askingAboutIncident(program.command("report"))
      .addOption(filterOption())
      .addOption(fullOption())
      .addOption(formatOption())
      .description("what is known of an incident's flows"),

  read: (flags) => ({
    ...readIncidentFlags(flags),
    filter: flags.filter,
    format: readFormat(flags),
    isFull: flags.full ?? false,
  }),

  async run(options) {
    const { askedIncident } = await import("../asking/incident.ts");
    const { printReport } = await import("../capture/print_report.ts");
    const { client, incident } = await askedIncident(options);
    const report = await client.report(incident);
    printReport(report, { ...options, fullCommand: "the same with --full" });
    return 0;
  },
};
