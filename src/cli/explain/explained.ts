/** What a code of a report means, as lines for a terminal. */
import { LasthopError } from "../../event/error.ts";
import type { Entry } from "../../analysis/catalogue.ts";
import type { Look } from "../render/mod.ts";
import { nearest } from "./nearest.ts";

/**
 * One code in full, or without a code all of them in a line or two each. Throws LasthopError
 * `code_unknown` for a code that is not in the catalogue, with the codes that are like it.
 */
export function explained(
  code: string | undefined,
  catalogue: readonly Entry[],
  look: Look,
): string[] {
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
function listed(catalogue: readonly Entry[], look: Look): string[] {
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
