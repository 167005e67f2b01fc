/** `lasthop archive`: an incident as one file, to keep and to hand on. */
import { LasthopError } from "../../event/error.ts";
import type { CommandFile } from "../command.ts";
import {
  askingAboutIncident,
  type IncidentFlags,
  type IncidentOptions,
  readIncidentFlags,
} from "../options.ts";

/** The options of `lasthop archive`. */
export interface ArchiveOptions extends IncidentOptions {
  /** "-" for stdout. */
  file: string;
}

/** The command. */
export const archive: CommandFile<[string, IncidentFlags], ArchiveOptions> = {
  declare: (program) =>
    askingAboutIncident(program.command("archive"))
      .description("keep an incident in one file")
      .argument("<FILE>", 'the file to write, "-" for stdout'),

  read: (file, flags) => ({ ...readIncidentFlags(flags), file }),

  async run(options) {
    const { saveArchive } = await import("../asking/archive_file.ts");
    const { askedIncident } = await import("../asking/incident.ts");
    const { grouped } = await import("../render/mod.ts");
    const { file, json } = options;
    if (file === "-" && Deno.stdout.isTerminal()) {
      throw new LasthopError(
        "archive_to_terminal",
        'Cannot write archive "-": stdout is a terminal, must be a file or a pipe',
        2,
      );
    }
    const { client, incident } = await askedIncident(options);
    const archive = await client.downloadArchive(incident);
    if (file === "-") {
      await archive.pipeTo(Deno.stdout.writable, { preventClose: true });
      return 0;
    }
    const bytes = await saveArchive(archive, file);
    if (json) console.log(JSON.stringify({ incident, file, bytes }));
    else console.log(`incident ${incident} is in ${file}, ${grouped(bytes)} bytes`);
    return 0;
  },
};
