/** `lasthop explain`: what a code of a report means, for whoever has just been given one. */
import type { CommandFile } from "../command.ts";

/** The options of `lasthop explain`. */
export interface ExplainOptions {
  /** Absent: all of them. */
  code?: string;
}

/** Columns: prose in longer lines is hard to read. */
const PROSE_WIDTH_MAX = 90;

/** The command. */
export const explain: CommandFile<[string | undefined], ExplainOptions> = {
  declare: (program) =>
    program.command("explain")
      .description("what an outcome or a cause means, and what it takes to say so")
      .argument("[CODE]", "as in a report, such as no-route (default: a list of all)"),

  read: (code) => ({ code }),

  async run({ code }) {
    const { CATALOGUE } = await import("../../analysis/catalogue.ts");
    const { explained } = await import("../explain/explained.ts");
    const { lookOf, terminalOptions } = await import("../render/mod.ts");
    const options = terminalOptions();
    const look = lookOf({ ...options, width: Math.min(options.width, PROSE_WIDTH_MAX) });
    console.log(explained(code, CATALOGUE, look).join("\n"));
    return 0;
  },
};
