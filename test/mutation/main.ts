/** `deno task mutations [--variants N] [--first SEED] [--show N] [--archives DIR]`: archives with things gone. */
import { parseArgs } from "node:util";
import { loadAll } from "./load.ts";
import { judgeVariants } from "./run.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    variants: { type: "string", default: "20000" },
    first: { type: "string", default: "1" },
    show: { type: "string", default: "40" },
    archives: { type: "string", default: new URL("archives", import.meta.url).pathname },
  },
});
const archives = await loadAll(values.archives);
const { variants, wrong, kept, flows } = judgeVariants(
  archives,
  Number(values.first),
  Number(values.variants),
);
for (const { archive, seed, done, says } of wrong.slice(0, Number(values.show))) {
  console.log(`${archive}, seed ${seed} (${done}):`);
  for (const text of says.slice(0, 3)) console.log(`  ${text}`);
}
console.log(
  `${variants} variants of ${archives.length} archives: ${wrong.length} wrong; ` +
    `${(100 * kept / flows).toFixed(1)} % of flows keep their outcome`,
);
Deno.exit(wrong.length === 0 ? 0 : 1);
