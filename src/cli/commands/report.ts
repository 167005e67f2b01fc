/** `lasthop report`: what is known of an incident's flows, now. */
import type { Form } from "../../exports/mod.ts";
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
  otlpOption,
  readFormat,
  readNamed,
} from "../options.ts";

/** The command. */
export const report: CommandFile<
  [string | undefined, IncidentFlags & FilterFlag & FormatFlags & FullFlag],
  IncidentOptions & FilterFlag & { format: Form | null; otlp?: string; isFull: boolean }
> = {
  declare: (program) =>
    askingAboutNamed(program.command("report"))
      .addOption(filterOption())
      .addOption(fullOption())
      .addOption(formatOption())
      .addOption(otlpOption())
      .description("what is known of an incident's flows"),

  read: (word, flags) => ({
    ...readNamed(word, flags),
    filter: flags.filter,
    format: readFormat(flags),
    otlp: flags.otlp,
    isFull: flags.full ?? false,
  }),

  async run(options) {
    const { askedIncident } = await import("../asking/incident.ts");
    const { printHandedOn } = await import("../capture/print_handed_on.ts");
    const { client, incident } = await askedIncident(options);
    const fullCommand = "the same with --full";
    await printHandedOn(client, incident, { ...options, fullCommand });
    return 0;
  },
};
