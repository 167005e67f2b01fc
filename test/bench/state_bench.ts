/**
 * What large states cost: reading them, hearing of their changes, and judging by them.
 * `deno task bench:state [--sizes 10:1000:1000:5000,100:10000:3000:20000,1000:33000:10000:50000]
 * [--rows 1000,10000,33000] [--no-kernel]`: sizes are namespaces, rules, entries and connections. As
 * root, but for `--no-kernel`; it makes namespaces named nfb-… and takes them down.
 */
import { parseArgs } from "node:util";
import { analyse } from "../../src/analysis/mod.ts";
import { incidentOf, SHAPES } from "./state/judging.ts";
import { buildLab, type LabSize, removeLab } from "./state/lab.ts";
import { slope, spent } from "./state/measure.ts";
import type { Figure } from "./goals/figures.ts";
import { type ReadingFigures, readingFigures } from "./state/reading.ts";

const { values } = parseArgs({
  options: {
    sizes: {
      type: "string",
      default: "10:1000:1000:5000,100:10000:3000:20000,1000:33000:10000:50000",
    },
    rows: { type: "string", default: "1000,10000,33000" },
    "no-kernel": { type: "boolean", default: false },
  },
});

const RUNS = 3;
const DROPS = 50;
const shown = ({ median, least, most }: Figure, by = 1) =>
  `${(median / by).toFixed(1)} ms (${(least / by).toFixed(1)} to ${(most / by).toFixed(1)})`;
const ratio = (of: number, to: number) => (of / Math.max(to, 1)).toFixed(1);

const rows = values.rows.split(",").map(Number);
console.log("judging: processor time of a drop, of 50, once its state is known; and of knowing it");
for (const shape of SHAPES) {
  const points: { size: number; cost: number }[] = [];
  let first: number | undefined;
  for (const count of rows) {
    const input = incidentOf(shape, count);
    const begin = await spent(1, () => analyse(input));
    const again = await spent(RUNS, () => analyse(input));
    first ??= again.median;
    points.push({ size: count, cost: again.median });
    console.log(
      `  ${shape}, ${count} rows: ${shown(again, DROPS)} a drop, ` +
        `${ratio(again.median, first)} of the first; ${begin.median} ms once`,
    );
  }
  console.log(`  ${shape}: grows with rows to the power of ${slope(points).toFixed(2)}`);
}
if (!values["no-kernel"]) await reading();

async function reading(): Promise<void> {
  const sizes = values.sizes.split(",").map((text): LabSize => {
    const [namespaces, rules, entries, connections] = text.split(":").map(Number);
    return { namespaces: namespaces!, rules: rules!, entries: entries!, connections: connections! };
  });
  const found: { size: LabSize; figures: ReadingFigures }[] = [];
  try {
    for (const size of sizes) {
      await buildLab(size);
      found.push({ size, figures: await readingFigures(size) });
    }
  } finally {
    await removeLab();
  }
  const [least] = found;
  for (const { size, figures } of found) {
    const { namespaces, rules, entries, connections } = size;
    console.log(
      `${namespaces} namespaces, ${rules} rules, ${entries} entries, ${connections} connections: ` +
        `${figures.memoryMiB.toFixed(0)} MiB in the end`,
    );
    for (const [what, spread] of Object.entries(figures.costMs)) {
      const chars = figures.chars[what];
      const of = ratio(spread.median, least!.figures.costMs[what]!.median);
      console.log(
        `  ${what}: ${shown(spread)}, ${of} of the first size` +
          (chars === undefined ? "" : `, ${chars.toLocaleString("en")} characters`),
      );
    }
  }
  const dimension = (what: string): keyof LabSize =>
    what.includes("rules")
      ? "rules"
      : what.includes("entries")
      ? "entries"
      : what.includes("conns")
      ? "connections"
      : "namespaces";
  for (const what of Object.keys(least!.figures.costMs)) {
    const by = dimension(what);
    const points = found.map(({ size, figures }) => ({
      size: size[by],
      cost: figures.costMs[what]!.median,
    }));
    console.log(`  ${what}: grows with ${by} to the power of ${slope(points).toFixed(2)}`);
  }
}
