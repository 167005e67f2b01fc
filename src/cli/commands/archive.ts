/** `lasthop archive`: an incident as one file, to keep and to hand on. */
import { LasthopError } from "../../event/error.ts";
import { saveArchive } from "../asking/archive_file.ts";
import { askedIncident } from "../asking/incident.ts";
import type { ArchiveOptions } from "../options.ts";
import { grouped } from "../render/mod.ts";

export async function run(options: ArchiveOptions): Promise<number> {
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
}
