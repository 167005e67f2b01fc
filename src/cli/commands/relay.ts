/** `lasthop relay`: between the probes of a rack and an ingest that is far away or has many of them. */
import { Option } from "commander";
import { join } from "node:path";
import type { CommandFile } from "../command.ts";
import { listenOption } from "../options.ts";
import {
  cannotRead,
  type ListenAddress,
  readUrl,
  usageError,
  USUAL_LISTEN,
} from "../read_value.ts";
import { spoolOption } from "../capture/reporting_options.ts";
import { stateFolder } from "../user_folders.ts";

/** The options of `lasthop relay`. */
export interface RelayCommandOptions {
  ingest: string;
  listen: ListenAddress;
  spool: string;
  /** Bytes on disk of what waits. */
  spoolBytesMax: number;
}

interface Flags {
  listen?: ListenAddress;
  spool?: string;
  spoolMax?: number;
}

const MIB = 1024 * 1024;

/** The command. */
export const relay: CommandFile<[string, Flags], RelayCommandOptions> = {
  declare: (program) =>
    program.command("relay")
      .argument("<URL>", "the ingest")
      .description("take the batches of many probes and forward them together")
      .addOption(listenOption("127.0.0.1:4680"))
      .addOption(spoolOption())
      .addOption(
        new Option(
          "--spool-max <MiB>",
          "how much may wait there; then probes keep it (default: 1024)",
        )
          .argParser(readMebibytes),
      ),

  read(text, { listen, spool, spoolMax = 1024 }) {
    return {
      ingest: readUrl(text, "URL"),
      listen: listen ?? { ...USUAL_LISTEN, anyPortIfBusy: false },
      spool: spool ?? usualSpool(),
      spoolBytesMax: spoolMax * MIB,
    };
  },

  async run({ ingest, listen, spool, spoolBytesMax }) {
    const { startRelay } = await import("../../relay/relay.ts");
    const { createEnding } = await import("../capture/end.ts");
    const onNotice = (text: string) => console.error(`lasthop: ${text}`);
    const ending = createEnding(() => Deno.exit(130));
    try {
      const { hostname, port } = listen;
      const options = { ingest, spool, spoolBytesMax, onNotice, listen: { hostname, port } };
      const running = await startRelay(options);
      // The one line on stdout, as of serve: scripts that let the system choose the port read it.
      console.log(running.url);
      onNotice(`relaying to ${ingest}; what waits is kept in ${spool}`);
      await ending.ended;
      await running.stop();
      return 0;
    } finally {
      ending.close();
    }
  },
};

/** Throws LasthopError `usage` for what is no number of mebibytes. */
function readMebibytes(text: string): number {
  const number = Number(text);
  if (/^\d{1,7}$/.test(text) && number > 0) return number;
  throw cannotRead("--spool-max", `"${text}" is no number of MiB`, "1 or more");
}

/** Throws LasthopError `usage` for a user without a home. */
function usualSpool(): string {
  const base = Deno.uid() === 0 ? "/var/lib/lasthop" : stateFolder();
  if (base !== null) return join(base, "relay");
  throw usageError("Cannot choose a spool: there is no HOME, must be one, or --spool FOLDER");
}
