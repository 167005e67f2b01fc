/** Commands, their arguments and options, as the help, the manual page and completions have them. */
import type { Argument, Command, Option } from "commander";
import { KEYWORDS } from "../../event/filter/words.ts";

/** An option. */
export interface OptionRow {
  /** `--for`. */
  long: string;
  /** `--for <time>`, as the help writes it. */
  flags: string;
  description: string;
  /** It has a value. */
  takesValue: boolean;
  /** Its values, where there are only these. */
  choices: readonly string[];
  /** Its value is a file or a folder. */
  isPath: boolean;
}

/** A command. */
export interface CommandRow {
  name: string;
  description: string;
  /** `[options] [FILTER...]`. */
  usage: string;
  arguments: readonly { name: string; description: string }[];
  options: readonly OptionRow[];
  /** Words that may stand where no option does. */
  words: readonly string[];
  /** One of its words is a file. */
  takesFile: boolean;
}

/** The commands of a program, in the order of its help. */
export const tableOf = (program: Command): CommandRow[] =>
  program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    usage: command.usage(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: argument.description,
    })),
    options: [...command.options, ...program.options.filter(isNoVersion)].map(optionRow),
    words: command.registeredArguments.flatMap(wordsOf),
    takesFile: command.registeredArguments.some((argument) => /^file$/i.test(argument.name())),
  }));

const isNoVersion = ({ long }: Option) => long !== "--version";

function optionRow(option: Option): OptionRow {
  return {
    long: option.long ?? "",
    flags: option.flags,
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
    isPath: /<(path|file|folder)>/.test(option.flags),
  };
}

/** The choices of an argument: told by commander, else by its description, `one of a, b`. */
function wordsOf(argument: Argument): readonly string[] {
  if (argument.argChoices) return argument.argChoices;
  if (argument.name() === "FILTER") return KEYWORDS;
  return /^one of ([\w-]+(?:, [\w-]+)*)$/.exec(argument.description)?.[1]?.split(", ") ?? [];
}
