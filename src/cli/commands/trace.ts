/** `lasthop trace`: one machine, one step. Probe, ingest and page in one process. */
import {
  type CaptureFlags,
  type CaptureOptions,
  capturing,
  countersOption,
  readCapture,
} from "../capture/options.ts";
import type { CommandFile } from "../command.ts";
import { fullOption } from "../options.ts";
import { HURRIED } from "../kept/name.ts";

/** The command. */
export const trace: CommandFile<[string[], CaptureFlags], CaptureOptions> = {
  declare: (program) =>
    capturing(program.command("trace"), "127.0.0.1:4680, or a free port")
      .addOption(countersOption())
      .addOption(fullOption())
      .description("watch this machine: every packet's path, the last hop, the cause"),
  read: readCapture,
  async run(options) {
    const { createEnding } = await import("../capture/end.ts");
    const { trace } = await import("../capture/trace.ts");
    const ending = createEnding(() => {
      if (options.keeps) console.error(`lasthop: ${HURRIED}`);
      Deno.exit(130);
    });
    try {
      return await trace(options, { ending });
    } finally {
      ending.close();
    }
  },
};
