/** `lasthop join`: this node's part of an incident, by the one line that `lasthop serve` prints. */
import {
  type CaptureFlags,
  type CaptureOptions,
  capturing,
  countersOption,
  readCapture,
} from "../capture/options.ts";
import {
  nameOption,
  refuseTwoNames,
  type ReportingFlags,
  spoolOption,
} from "../capture/reporting_options.ts";
import type { CommandFile } from "../command.ts";
import { type JoinLine, readJoinLine, usageError } from "../read_value.ts";

/** The options of `lasthop join`. */
export interface JoinOptions extends CaptureOptions, ReportingFlags {
  line: JoinLine;
}

/** What a node is given by a code lets it send, and read nothing. Throws LasthopError `usage`. */
function refuseReading({ json, archive, failOn }: CaptureFlags): void {
  const asked = json ? "--json" : typeof archive === "string" ? "--archive" : failOn && "--fail-on";
  if (!asked) return;
  throw usageError(
    `Cannot use ${asked} with join: a joined node can only send; the incident is read with ` +
      "lasthop report or archive",
  );
}

/** The command. */
export const join: CommandFile<[string, string[], CaptureFlags & ReportingFlags], JoinOptions> = {
  declare: (program) =>
    capturing(
      program.command("join").argument("<URL#CODE>", "as `lasthop serve` printed it"),
      "nowhere",
      "the incident's filter",
    )
      .description("watch this node for the incident of a code")
      .addOption(countersOption())
      .addOption(spoolOption())
      .addOption(nameOption()),

  read(text, words, flags) {
    const line = readJoinLine(text);
    refuseReading(flags);
    refuseTwoNames(flags);
    const { spool, name } = flags;
    const own = readCapture(words, { ...flags, listen: flags.listen ?? false });
    return { ...own, line, spool, name };
  },

  async run({ line, ...options }) {
    const { joinIncident } = await import("../capture/joining.ts");
    const { reportTo } = await import("../capture/reporting.ts");
    const joined = await joinIncident(line, options);
    return await reportTo({
      ...options,
      filter: options.filter === "" ? joined.filter : options.filter,
      ingest: line.ingest,
      incident: joined.incident,
      token: joined.token,
      code: line.code,
    });
  },
};
