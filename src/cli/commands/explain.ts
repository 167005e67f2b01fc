/** `lasthop explain`: what a code of a report means, for whoever has just been given one. */
import { LasthopError } from "../../event/error.ts";
import { type Entry, nearest, PAGE, readCatalogue } from "../explain/catalogue.ts";
import type { ExplainOptions } from "../options.ts";
import { type Look, lookOf, terminalOptions } from "../render/mod.ts";

/** Prose in longer lines is hard to read. */
const PROSE_WIDTH_MAX = 90;

export async function run({ code }: ExplainOptions): Promise<number> {
  const options = terminalOptions();
  const look = lookOf({ ...options, width: Math.min(options.width, PROSE_WIDTH_MAX) });
  const catalogue = readCatalogue(await Deno.readTextFile(PAGE));
  console.log(explained(code, catalogue, look).join("\n"));
  return 0;
}

export function explained(code: string | undefined, catalogue: Entry[], look: Look): string[] {
  if (code === undefined) return listed(catalogue, look);
  const entry = catalogue.find((one) => one.code === code.toLowerCase());
  if (entry !== undefined) return told(entry, look);
  const codes = catalogue.map((one) => one.code);
  const close = nearest(code, codes).map((one) => `"${one}"`);
  const hint = close.length > 0
    ? `did you mean ${close.join(" or ")}?`
    : 'must be one of "lasthop explain"';
  throw new LasthopError(
    "code_unknown",
    `Cannot explain "${look.text(code)}": it is no outcome and no cause, ${hint}`,
    2,
  );
}

function told({ code, kind, means, knows, remedy }: Entry, look: Look): string[] {
  const part = (label: string, text: string) => [
    "",
    look.paint("bold", label),
    ...look.lines(look.text(text, 4_000), 2),
  ];
  return [
    `${look.paint("bold", code)}  ${look.paint("dim", kind)}`,
    ...look.lines(look.text(means, 4_000), 2),
    ...part("How lasthop knows", knows),
    ...part("What to do", remedy),
  ];
}

/** The first sentence of each. */
function listed(catalogue: Entry[], look: Look): string[] {
  const lines: string[] = [];
  for (const kind of ["outcome", "cause"] as const) {
    lines.push(...lines.length > 0 ? [""] : [], look.paint("bold", `${kind}s`));
    for (const { code, means } of catalogue.filter((entry) => entry.kind === kind)) {
      const sentence = /^.*?[.](?= |$)/.exec(means)?.[0] ?? means;
      lines.push(`  ${look.paint("cyan", code)}`, ...look.lines(look.text(sentence, 300), 6));
    }
  }
  return lines;
}
