/** `lasthop completion`: what a shell needs to complete commands and options. */
import { Argument, type Command } from "commander";
import type { CommandFile } from "../command.ts";
import { type Shell, SHELLS } from "../manual/shells.ts";

interface CompletionOptions {
  shell: Shell;
}

/** What the script completes: the program it was declared in. */
let declaredIn: Command;

/** The command. */
export const completion: CommandFile<[Shell], CompletionOptions> = {
  declare(program) {
    declaredIn = program;
    return program.command("completion")
      .description("print a completion script: source <(lasthop completion bash)")
      .addArgument(new Argument("<shell>", "which shell").choices(SHELLS));
  },

  read: (shell) => ({ shell }),

  async run({ shell }) {
    const { tableOf } = await import("../manual/table.ts");
    const { COMPLETIONS } = await import("../manual/completions.ts");
    console.log(COMPLETIONS[shell](tableOf(declaredIn)));
    return 0;
  },
};
