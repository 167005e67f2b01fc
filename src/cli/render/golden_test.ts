/**
 * What a person reads, whole: reports of the lab's incidents, recorded on a real kernel, and some
 * that are harder to draw. `UPDATE=1` rewrites what is expected.
 */
import { equal } from "node:assert/strict";
import { Report } from "../../event/report.ts";
import type { RenderOptions } from "./look.ts";
import { renderReport } from "./report.ts";

const plain = { width: 80, colour: false };

const CASES: Record<string, { fixture: string; options: RenderOptions }> = {
  i1: { fixture: "i1", options: plain },
  i1_repaired: { fixture: "i1_repaired", options: plain },
  i2: { fixture: "i2", options: plain },
  i2_repaired: { fixture: "i2_repaired", options: plain },
  i3: { fixture: "i3", options: plain },
  i3_repaired: { fixture: "i3_repaired", options: plain },
  i4: { fixture: "i4", options: plain },
  i4_full: { fixture: "i4", options: { ...plain, isFull: true } },
  i4_repaired: { fixture: "i4_repaired", options: plain },
  i1_narrow_ascii: { fixture: "i1", options: { width: 40, colour: false, ascii: true } },
  i4_colour: { fixture: "i4", options: { width: 80, colour: true } },
  long_path: { fixture: "long_path", options: plain },
  long_path_narrow: { fixture: "long_path", options: { width: 48, colour: false } },
  long_path_wide: { fixture: "long_path", options: { width: 160, colour: false } },
  mixed: { fixture: "mixed", options: { ...plain, fullCommand: "lasthop replay --full" } },
  mixed_full: { fixture: "mixed", options: { ...plain, isFull: true } },
  exchange_answered: { fixture: "exchange_answered", options: plain },
  exchange_other_address: { fixture: "exchange_other_address", options: plain },
  exchange_silent: { fixture: "exchange_silent", options: plain },
  exchange_reset_narrow: {
    fixture: "exchange_server_reset",
    options: { width: 60, colour: false, ascii: true },
  },
  changes: { fixture: "changes", options: plain },
  hostile: { fixture: "hostile", options: plain },
  hostile_ascii: { fixture: "hostile", options: { width: 60, colour: false, ascii: true } },
};

for (const [name, { fixture, options }] of Object.entries(CASES)) {
  Deno.test(`renderReport ${name}: as expected in golden/${name}.txt`, async () => {
    const url = new URL(`fixture/${fixture}.json`, import.meta.url);
    const report = Report.parse(JSON.parse(await Deno.readTextFile(url)));
    // Escape sequences are written out, so that the file is text for every editor.
    const text = renderReport(report, options).replaceAll("\x1b", "\\e") + "\n";
    const golden = new URL(`golden/${name}.txt`, import.meta.url);
    if (Deno.env.get("UPDATE") === "1") await Deno.writeTextFile(golden, text);
    equal(text, await Deno.readTextFile(golden));
  });
}
