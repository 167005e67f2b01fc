/** What the terminal behind stdout can show. */
import type { RenderOptions } from "./look.ts";

const WIDTH = 80;

/** When there are colours: `auto`, on a terminal, unless NO_COLOR says otherwise. */
export const COLOURS = ["auto", "always", "never"] as const;
/** When there are colours. */
export type Colour = typeof COLOURS[number];

/** What `--color` asked for: one process runs one command. */
let asked: Colour = "auto";

/** Notes what `--color` asks for; it goes before NO_COLOR. */
export function askColour(colour: Colour): void {
  asked = colour;
}

/**
 * What the terminal behind stdout can show. Asked anew each time, because a window changes its
 * size.
 */
export function terminalOptions(): Pick<RenderOptions, "width" | "colour" | "ascii"> {
  const env = (name: string) => Deno.env.get(name) || undefined;
  const options = optionsFrom(env, isTerminal() ? terminalColumns() : undefined);
  return asked === "auto" ? options : { ...options, colour: asked === "always" };
}

/** True when stdout is a terminal. */
export function isTerminal(): boolean {
  return Deno.stdout.isTerminal();
}

/**
 * The same from an environment. `terminalWidth` in columns; undefined when stdout is no terminal.
 */
export function optionsFrom(
  env: (name: string) => string | undefined,
  terminalWidth: number | undefined,
): Pick<RenderOptions, "width" | "colour" | "ascii"> {
  const asked = Number(env("COLUMNS"));
  const width = terminalWidth || (asked > 0 ? asked : WIDTH);
  const language = env("LC_ALL") ?? env("LC_CTYPE") ?? env("LANG") ?? "C";
  return {
    width,
    colour: terminalWidth !== undefined && env("NO_COLOR") === undefined && env("TERM") !== "dumb",
    ascii: !/utf-?8/i.test(language),
  };
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return WIDTH;
  }
}
