/** `lasthop record`: always on, and silent until something dies. */
import { type Command, Option } from "commander";
import { type CaptureFlags, capturing, readCapture } from "../capture/options.ts";
import {
  nameOption,
  refuseTwoNames,
  type ReportingFlags,
  sharedKernelOption,
  spoolOption,
} from "../capture/reporting_options.ts";
import { onlyGiven } from "../access.ts";
import type { CommandFile } from "../command.ts";
import type { RecordOptions } from "../record/options.ts";
import { HURRIED } from "../kept/name.ts";
import { incidentOption, ingestOption } from "../options.ts";
import { readSeconds, usageError } from "../read_value.ts";
import {
  readWebhook,
  type WebhookFlags,
  webhookOption,
  webhookSecretOption,
} from "../serving/webhook.ts";
import { tokenFileOption, tokenOption } from "../token.ts";

interface Flags extends CaptureFlags, ReportingFlags, WebhookFlags {
  ingest?: string;
  incident?: string;
  token?: string;
  keep?: number;
  archives?: string;
}

/** Ten minutes are what somebody who is called wants to see of the time before. */
const KEEP_SECONDS = 600;
const KEEP_SECONDS_MAX = 86_400;
/** What is told of a quiet node is far less, and of a busy one it stays cheap. */
const EVENTS_PER_SECOND = 2_000;
/** Of a shared ingest, where nobody names one. */
const USUAL_INCIDENT = "recorder";

/** The command. */
export const record: CommandFile<[string[], Flags], RecordOptions> = {
  declare: (program) =>
    recording(capturing(program.command("record"), "127.0.0.1:4680, or a free port"))
      .description("always on, silent until something dies: then its way, and the last minutes")
      .addOption(onlyGiven(ingestOption()))
      .addOption(incidentOption(`of --ingest (default: ${USUAL_INCIDENT})`))
      .addOption(tokenOption())
      .addOption(tokenFileOption())
      .addOption(spoolOption())
      .addOption(nameOption())
      .addOption(sharedKernelOption()),

  read(words, flags) {
    const { ingest = null, incident, token, spool, name, keep, archives } = flags;
    refuseTwoNames(flags);
    refuseOtherKind(flags);
    // The page is the ingest's: of a shared one it is elsewhere.
    const listen = ingest === null ? flags.listen : flags.listen ?? false;
    const eventsPerSecond = flags.eventsPerSecond ?? EVENTS_PER_SECOND;
    return {
      ...readCapture(words, { ...flags, listen, eventsPerSecond }),
      ...{ recorder: true, sharesKernel: flags.sharedKernel ?? false },
      ...{ ingest, incident: incident ?? USUAL_INCIDENT, token, spool, name, archives },
      keepSeconds: keep ?? KEEP_SECONDS,
      webhook: readWebhook(flags, (name) => Deno.env.get(name)),
    };
  },

  async run({ ingest, ...options }) {
    if (ingest !== null) {
      const { reportTo } = await import("../capture/reporting.ts");
      return await reportTo({ ...options, ingest });
    }
    const { createEnding } = await import("../capture/end.ts");
    const { recordHere } = await import("../record/record.ts");
    const ending = createEnding(() => {
      if (options.keeps) console.error(`lasthop: ${HURRIED}`);
      Deno.exit(130);
    });
    try {
      return await recordHere(options, ending);
    } finally {
      ending.close();
    }
  },
};

/** What a recorder with an ingest of its own does when there is a problem. */
const recording = (command: Command): Command =>
  command
    .addOption(
      new Option("--keep <time>", "how much is kept, in seconds or like 30m (default: 10m)")
        .argParser((text) => readSeconds(text, "--keep", KEEP_SECONDS_MAX)),
    )
    .option("--archives <folder>", "where a new problem leaves an archive of that time")
    .addOption(webhookOption())
    .addOption(webhookSecretOption());

/** Throws LasthopError `usage` for what only a recorder of the other kind has. */
function refuseOtherKind(flags: Flags): void {
  const { ingest, incident, spool, keep, archives, webhook } = flags;
  const shared = [["--incident", incident], ["--spool", spool]] as const;
  const own = [["--keep", keep], ["--archives", archives], ["--webhook", webhook]] as const;
  for (const [option, value] of ingest === undefined ? shared : own) {
    if (value === undefined) continue;
    throw usageError(
      ingest === undefined
        ? `Cannot use ${option}: it is of a shared ingest, must stand with --ingest`
        : `Cannot use ${option} with --ingest: whoever serves the ingest keeps and tells`,
    );
  }
}
