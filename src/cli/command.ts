/** What each file of `commands/` holds, and how it becomes a command of the program. */
import type { Command } from "commander";

/** One command: its options, how the words of a command line become them, and what it does. */
export interface CommandFile<Words extends unknown[], Options> {
  /** Adds its name, its arguments and its options to the program. */
  declare(program: Command): Command;
  /**
   * The options from what commander read: the arguments first, then the flags. Throws LasthopError
   * `usage`, or the code of what could not be read, with exit code 2.
   */
  read(...words: Words): Options;
  /**
   * Resolves with the exit code. What is large is imported in here, so that `lasthop --help` and
   * errors in a command line wait for none of it.
   */
  run(options: Options): Promise<number>;
}

/** Adds a command to the program. `onExit` learns the exit code when the command has run. */
export function addCommand(
  program: Command,
  // deno-lint-ignore no-explicit-any
  command: CommandFile<any, any>,
  onExit: (exitCode: number) => void,
): void {
  command.declare(program).action(async (...words: unknown[]) => {
    onExit(await command.run(command.read(...words)));
  });
}
