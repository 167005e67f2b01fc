/** `docs/rules.md`, the tests and the code must speak of the same rules. */
import type { TidyRule } from "./rules.ts";
import { isCode, isTest, type Source } from "./source.ts";

const RULES = "docs/rules.md";
/** Claims about a part as a whole: tests prove them, no single place in the code is theirs. */
const CLAIMS = /^docs\/rules\.d\/[\w-]+\.md$/;

/** Every id that heads a rule is in a test title and in code; no title cites an unknown id. */
export const rulesAreTestedAndTestsHaveRules: TidyRule = (sources) => {
  const rules = sources.find(({ path }) => path === RULES);
  if (rules === undefined) return [];
  const heads = /^#+\s+\[?/gm;
  const ruled = idsAfter(heads, rules.text);
  const claimed = sources.filter(({ path }) => CLAIMS.test(path))
    .flatMap(({ text }) => idsAfter(heads, text));
  const stated = [...ruled, ...claimed];
  const titled = new Map(sources.flatMap(titles));
  const code = sources.filter(({ path }) =>
    path.startsWith("src/") && isCode(path) && !isTest(path)
  )
    .map(({ text }) => text).join("\n");
  return [
    ...stated.filter((id) => !titled.has(id))
      .map((id) => `${RULES}: ${id} is in no test's title, must be tested`),
    ...ruled.filter((id) => !new RegExp(`\\b${id}\\b`).test(code))
      .map((id) => `${RULES}: ${id} is in no file under src, must be built`),
    ...[...titled].filter(([id]) => !stated.includes(id))
      .map(([id, path]) => `${path}: [${id}] is not in ${RULES}, must be stated there`),
  ];
};

/** Ids that a file's test titles cite: titles in code, the first line of a specification. */
function titles({ path, text }: Source): [string, string][] {
  const ids = isTest(path)
    ? [...text.matchAll(/["'`]((?:\[[A-Z]+\d+\]\s*)+)/g)].flatMap(([, found = ""]) => cited(found))
    : /^(test|src)\/.*\.txt$/.test(path)
    ? cited(text.split("\n", 1)[0] ?? "")
    : [];
  return ids.map((id) => [id, path]);
}

function cited(text: string): string[] {
  return [...text.matchAll(/\[([A-Z]+\d+)\]/g)].map(([, id = ""]) => id);
}

function idsAfter(start: RegExp, text: string): string[] {
  const pattern = new RegExp(`${start.source}([A-Z]+\\d+)\\b`, start.flags);
  return [...text.matchAll(pattern)].map(([, id = ""]) => id);
}
