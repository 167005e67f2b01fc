/** How a command that failed says so: one line for what was foreseen, the place in a filter, a stack for what was not. */
import { CommanderError } from "commander";
import { LasthopError } from "../event/error.ts";

/** How a failed command ends. */
export interface Failure {
  exitCode: number;
  /** What to say on stderr; absent when commander has said it already. */
  text?: string;
}

/**
 * The exit code and the text for whatever a command threw. Usage errors have exit code 2, a
 * LasthopError its own, anything else 1 with its stack, because nobody foresaw it.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    // Help and version end the program this way too, after printing.
    if (error.exitCode === 0 || error.code === "commander.help") {
      return { exitCode: error.exitCode === 0 ? 0 : 2 };
    }
    return { exitCode: 2, text: oneLine(inOurWords(error.message)) };
  }
  if (error instanceof LasthopError) {
    // The caret under a filter stands in a line of its own; who made it left no sign that steers.
    const lines = error.code === "filter_malformed" ? error.message.split("\n") : [error.message];
    return { exitCode: error.exitCode, text: lines.map(oneLine).join("\n") };
  }
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  return { exitCode: 1, text: `This is a defect of lasthop\n${stack}` };
}

function inOurWords(message: string): string {
  return message
    .replace(/^error: /, "")
    .replaceAll("'", '"')
    .replace(/^\w/, (first) => first.toUpperCase())
    .replace(/\n\(Did you mean (?:one of )?(.*)\?\)$/, ', did you mean "$1"?');
}

/** Messages may quote names that came from the network: none may steer the terminal. */
function oneLine(message: string): string {
  // deno-lint-ignore no-control-regex
  return message.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}
