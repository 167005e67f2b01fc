/**
 * The reports of one checkout as lines of JSON: `reporter.ts ROOT SEEDS [ARCHIVES]`. Runs with that
 * checkout's deno.json, and imports nothing of another.
 */
import { createHash } from "node:crypto";
import { archiveCases } from "./archives.ts";
import type { Case } from "./case.ts";
import { entriesOf } from "./entries.ts";
import type { Line } from "./line.ts";
import { seedCases } from "./seeds.ts";
import { specCases } from "./specs.ts";

const [root = "", seeds = "0", archives] = Deno.args;
const entries = await entriesOf(root);

await tell(specCases(entries, root));
await tell(seedCases(entries, Number(seeds)));
if (archives !== undefined) await tell(archiveCases(entries, archives));

async function tell(cases: Iterable<Case>): Promise<void> {
  for (const { name, reports } of cases) {
    try {
      for await (const [how, report] of reports()) print(lineOf(`${name}, ${how}`, report));
    } catch (error) {
      print({
        name,
        threw: error instanceof Error ? `${error.name}: ${error.message}` : `${error}`,
      });
    }
  }
}

function lineOf(name: string, report: unknown): Line {
  const text = JSON.stringify(report);
  return { name, sha256: createHash("sha256").update(text).digest("hex"), text };
}

function print(line: Line): void {
  console.log(JSON.stringify(line));
}
