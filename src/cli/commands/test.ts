/** `lasthop test`: the suite's runner lives with the tests. */
import type { CommandFile } from "../command.ts";

interface Flags {
  filter?: string;
  quick?: boolean;
}

/** The options of `lasthop test`. */
export interface TestOptions {
  /** Test files, folders, or words of tests' names; empty: everything, after the static checks. */
  words: string[];
  /** Only what needs neither kernel, browser, workerd nor network. */
  quick: boolean;
  /** Only tests whose name holds this text, or matches it when written as /regular expression/. */
  filter?: string;
}

/** The command. */
export const test: CommandFile<[string[], Flags], TestOptions> = {
  declare: (program) =>
    program.command("test")
      .description("the whole test suite")
      .argument("[WORDS...]", "only these files, folders, or tests with such a name (default: all)")
      .option(
        "--quick",
        "only what needs neither kernel, browser, workerd, network nor the whole program",
      )
      .option("--filter <text>", "only tests whose name holds this text, or matches /this/"),

  read: (words, { filter, quick = false }) => ({ words, quick, filter }),

  async run(options) {
    const { runTests } = await import("../../../test/run.ts");
    return await runTests(options);
  },
};
