/** `lasthop report`: what is known of an incident's flows, now. */
import type { Format } from "../../exports/mod.ts";
import type { CommandFile } from "../command.ts";
import {
  askingAboutNamed,
  type FilterFlag,
  filterOption,
  type FormatFlags,
  formatOption,
  type FullFlag,
  fullOption,
  type IncidentFlags,
  type IncidentOptions,
  readFormat,
  readNamed,
} from "../options.ts";

/** The command. */
export const report: CommandFile<
  [string | undefined, IncidentFlags & FilterFlag & FormatFlags & FullFlag],
  IncidentOptions & FilterFlag & { format: Format | null; isFull: boolean }
> = {
  declare: (program) =>
    askingAboutNamed(program.command("report"))
      .addOption(filterOption())
      .addOption(fullOption())
      .addOption(formatOption())
      .description("what is known of an incident's flows"),

  read: (word, flags) => ({
    ...readNamed(word, flags),
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
