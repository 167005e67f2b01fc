/** The skeleton of a cause, made in a copy of the folders of causes. */
import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { dirname } from "node:path";
import { analyse } from "../../src/analysis/mod.ts";
import { inputOf } from "../spec/form/batches.ts";
import { reportText } from "../spec/form/report_text.ts";
import { parseSpec } from "../spec/form/spec.ts";
import { generated } from "./files.ts";
import { RULES_FOLDER } from "./folders.ts";
import { skeleton } from "./new_rule.ts";
import { STYLE_PARTS } from "./style.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** What the generator and the rules read, copied to where nothing is lost. */
const COPIED = ["src/event", "src/analysis", ...STYLE_PARTS, "docs", "deno.json", "deno.lock"];

Deno.test("a new cause is one folder: its skeleton is generated from as soon as it is there", async () => {
  await Deno.mkdir(`${root}/.tools`, { recursive: true });
  const copy = await Deno.makeTempDir({ dir: `${root}/.tools`, prefix: "new-rule-" });
  try {
    for (const path of COPIED) await copyTree(`${root}/${path}`, `${copy}/${path}`);
    const files = await skeleton(copy, "moon-too-full");
    const folder = `${RULES_FOLDER}/moon-too-full`;
    deepEqual([...files.keys()], [
      `${folder}/cause.ts`,
      `${folder}/moon_too_full.ts`,
      ...["", "_healthy", "_near_miss"].map((end) => `${folder}/spec/moon_too_full${end}.txt`),
    ]);
    for (const [path, text] of files) {
      await Deno.mkdir(`${copy}/${dirname(path)}`, { recursive: true });
      await Deno.writeTextFile(`${copy}/${path}`, text);
    }
    const made = await generated(copy);
    match(made.get("src/event/cause_codes.ts")!, /"moon-too-full",\n\] as const/);
    match(made.get(`${RULES_FOLDER}/folders.ts`)!, /export \{ moonTooFull \} from/);
    match(made.get("docs/causes.md")!, /\n## moon-too-full\n/);
    const id = idIn(files.get(`${folder}/moon_too_full.ts`)!);
    ok(made.get("docs/rules.md")!.includes(`\n### R${id}\n`));
    const again = await skeleton(copy, "sun-too-low");
    equal(idIn(again.get(`${RULES_FOLDER}/sun-too-low/sun_too_low.ts`)!), id + 1);
    await rejects(skeleton(copy, "moon-too-full"), /taken/);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});

Deno.test("a skeleton's specs are read, and fail until they are filled in", async () => {
  for (const [path, text] of await skeleton(root, "moon-too-full")) {
    if (!path.endsWith(".txt")) continue;
    const spec = parseSpec(text, path);
    const report = reportText(analyse(inputOf(spec)));
    ok(report.length > 0, path);
    throws(() => deepEqual(spec.expected.get("report"), report), path);
  }
});

Deno.test("a code is words in small letters and digits, joined by hyphens", async () => {
  for (const code of ["", "Moon", "moon_full", "../moon", "moon-"]) {
    await rejects(skeleton(root, code), /must be words/, code);
  }
  equal((await skeleton(root, "moon")).size, 5);
});

const idIn = (rule: string) => Number(/id: "R(\d+)"/.exec(rule)?.[1]);

async function copyTree(from: string, to: string): Promise<void> {
  if (Deno.statSync(from).isFile) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  for (const { name } of Deno.readDirSync(from)) await copyTree(`${from}/${name}`, `${to}/${name}`);
}
