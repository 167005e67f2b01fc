/**
 * `deno task same OTHER_CHECKOUT [--seeds N] [--archives DIR]`: every report of this checkout is
 * that of another one, byte for byte. What a change of structure alone must leave as it is.
 *
 * It sees what a spec, a seed or an archive reaches: two rules that never answer the same case may
 * change places unseen. More seeds reach more.
 */
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { judge, paired } from "./compare.ts";
import { type Line, linesOf } from "./line.ts";
import { MODES } from "./seeds.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { seeds: { type: "string", default: "200" }, archives: { type: "string" } },
});
if (positionals.length !== 1 || !/^\d+$/.test(values.seeds)) {
  console.error("same: deno task same OTHER_CHECKOUT [--seeds N] [--archives DIR]");
  Deno.exit(2);
}
const hereRoot = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const thereRoot = Deno.realPathSync(positionals[0]!);
const archives = values.archives === undefined ? [] : [Deno.realPathSync(values.archives)];

console.log(`here ${hereRoot}, there ${thereRoot}`);
console.log(`seeds 1 to ${values.seeds}, each ${Object.keys(MODES).join(", ")}`);

const begin = performance.now();
const same = new Map(["spec", "sim", "archive"].map((kind) => [kind, 0]));
const digest = createHash("sha256");
let differ = 0;
try {
  for await (const pair of paired(reports(hereRoot), reports(thereRoot))) {
    const why = judge(pair);
    if (why !== null) {
      differ++;
      console.log(`${pair.name}: ${why}`);
      continue;
    }
    const kind = pair.name.split(" ", 1)[0]!;
    same.set(kind, same.get(kind)! + 1);
    digest.update(JSON.stringify(pair.here));
  }
} catch (error) {
  console.log(`not all was compared: ${(error as Error).message}`);
  Deno.exit(1);
}
const seconds = Math.round((performance.now() - begin) / 1000);
const total = [...same.values()].reduce((a, b) => a + b, 0);
console.log(`${[...same].map(([kind, count]) => `${kind} ${count}`).join(", ")} in ${seconds} s`);
console.log(`sha256 ${digest.digest("hex")}`);
console.log(`${total} the same, ${differ} differ`);
// Nothing compared is nothing proven.
Deno.exit(differ === 0 && total > 0 ? 0 : 1);

/** Runs with the checkout's own configuration and packages. Throws when the reporter fails. */
async function* reports(root: string): AsyncGenerator<Line> {
  const script = new URL("reporter.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--cached-only", "--frozen", "--config", `${root}/deno.json`],
      ...[script, root, values.seeds, ...archives],
    ],
    env: { DENO_DIR: `${root}/.tools/cache`, DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  yield* linesOf(child.stdout);
  const { success, code } = await child.status;
  if (!success) throw new Error(`the reporter of ${root} ends with ${code}, must with 0`);
}
