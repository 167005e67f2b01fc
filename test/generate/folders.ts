/** Folders of causes as they are on disk: the text of each cause and the rules in it. */
import { pathToFileURL } from "node:url";
import type { CauseText } from "../../src/analysis/rules/cause_text.ts";
import type { RuleText } from "../../src/analysis/rules/rule.ts";

/** Where causes live, from the root of the repository. */
export const RULES_FOLDER = "src/analysis/rules";

/** One export that is a rule. */
export interface FoundRule {
  /** Name of the export. */
  name: string;
  /** Its file, from the folder of rules on. */
  path: string;
  rule: RuleText;
  /** It judges packets or exchanges, and therefore stands in `order.ts`. */
  isJudge: boolean;
}

/** One folder with a `cause.ts`. */
export interface CauseFolder {
  cause: CauseText;
  rules: FoundRule[];
}

/** Every folder of a checkout that has a `cause.ts`, by name. */
export async function readFolders(root: string): Promise<CauseFolder[]> {
  const folders: CauseFolder[] = [];
  for (const code of causeCodesOf(root)) {
    const { cause } = await load(root, `${code}/cause.ts`) as { cause: CauseText };
    if (cause.code !== code) throw new Error(`${code}/cause.ts has the code of ${cause.code}`);
    folders.push({ cause, rules: await rulesOf(root, code) });
  }
  return folders;
}

/** Names of the folders that have a `cause.ts`, which are the codes. */
export function causeCodesOf(root: string): string[] {
  const all = [...Deno.readDirSync(`${root}/${RULES_FOLDER}`)];
  return all.filter(({ name, isDirectory }) =>
    isDirectory && namesIn(`${root}/${RULES_FOLDER}/${name}`).includes("cause.ts")
  ).map(({ name }) => name).sort();
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

async function rulesOf(root: string, code: string): Promise<FoundRule[]> {
  const rules: FoundRule[] = [];
  for (const file of namesIn(`${root}/${RULES_FOLDER}/${code}`)) {
    if (!file.endsWith(".ts") || file.endsWith("_test.ts") || file === "cause.ts") continue;
    const path = `${code}/${file}`;
    for (const [name, value] of Object.entries(await load(root, path))) {
      if (!isRule(value)) continue;
      rules.push({ name, path, rule: value, isJudge: "judge" in value || "find" in value });
    }
  }
  return rules;
}

function isRule(value: unknown): value is RuleText {
  return typeof value === "object" && value !== null && "id" in value && "statement" in value;
}

const load = (root: string, path: string): Promise<Record<string, unknown>> =>
  import(pathToFileURL(`${root}/${RULES_FOLDER}/${path}`).href);
