/** `lasthop probe`: this node's part of an incident that a shared ingest keeps. */
import { type CaptureFlags, capturing, countersOption, readCapture } from "../capture/options.ts";
import {
  nameOption,
  refuseTwoNames,
  type ReportingFlags,
  type ReportingOptions,
  sharedKernelOption,
  spoolOption,
} from "../capture/reporting_options.ts";
import type { CommandFile } from "../command.ts";
import { type Access, incidentOption, ingestOption, USUAL_INGEST } from "../options.ts";
import { tokenFileOption, tokenOption } from "../token.ts";

interface Flags extends CaptureFlags, ReportingFlags, Access {
  incident: string;
  tether?: boolean;
}

/** The command. */
export const probe: CommandFile<[string[], Flags], ReportingOptions> = {
  declare: (program) =>
    capturing(program.command("probe"), "nowhere")
      .description("watch this node for a shared ingest")
      .addOption(countersOption())
      .addOption(ingestOption().default(USUAL_INGEST))
      .addOption(incidentOption("the incident to report to").makeOptionMandatory())
      .addOption(tokenOption())
      .addOption(tokenFileOption())
      .addOption(spoolOption())
      .addOption(nameOption())
      .option("--tether", "end when standard input does, or is silent for 30 s")
      .addOption(sharedKernelOption()),

  read(words, flags) {
    const { ingest, incident, token, spool, name, tether } = flags;
    refuseTwoNames(flags);
    // The page is the ingest's, so a probe listens only when told to.
    const own = readCapture(words, { ...flags, listen: flags.listen ?? false });
    const sharesKernel = flags.sharedKernel ?? false;
    return { ...own, sharesKernel, ingest, incident, token, spool, name, tether };
  },

  async run(options) {
    const { reportTo } = await import("../capture/reporting.ts");
    return await reportTo(options);
  },
};
