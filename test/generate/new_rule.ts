/** The skeleton of a new cause: its folder, with all that has to be filled in. */
import { causeCodesOf, readFolders, RULES_FOLDER } from "./folders.ts";

/** `unexplained` keeps the last number. */
const LAST_ID = 99;

/** What a skeleton is made of, by path from the root of the repository. */
export type Skeleton = Map<string, string>;

/**
 * The files of a new cause. Its rule yields nothing, its texts are empty and its specs have no report,
 * so that tests fail until each is filled in. Throws Error for a code that is taken or not in
 * kebab case.
 */
export async function skeleton(root: string, code: string): Promise<Skeleton> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code)) {
    throw new Error(
      `the code is "${code}", must be words in small letters and digits, joined by hyphens`,
    );
  }
  if (causeCodesOf(root).includes(code)) throw new Error(`the code "${code}" is taken`);
  const name = code.replaceAll("-", "_");
  const folder = `${RULES_FOLDER}/${code}`;
  const id = await nextId(root);
  return new Map([
    [`${folder}/cause.ts`, causeFile(code)],
    [`${folder}/${name}.ts`, ruleFile(id, code)],
    [`${folder}/spec/${name}.txt`, spec(id, "Where the cause is at work, it is found.", true)],
    [
      `${folder}/spec/${name}_healthy.txt`,
      spec(id, "The same packet where nothing is wrong.", false),
    ],
    [`${folder}/spec/${name}_near_miss.txt`, spec(id, "What looks alike and is not it.", true)],
  ]);
}

/** What is left to do by hand, a line each. */
export function leftToDo(code: string): string[] {
  return [
    `a line in ${RULES_FOLDER}/order.ts: "rules.${nameOf(code)}," and why it stands there`,
    `the texts of ${RULES_FOLDER}/${code}/cause.ts, and its group`,
    "the rule's statement and judgement; a name of the kernel goes to src/analysis/kernel",
    "events of the three specs, then UPDATE=1 deno test -A test/spec, and read the reports",
    "deno task generate, deno fmt",
  ];
}

const nameOf = (code: string) => code.replace(/-(\w)/g, (_, first: string) => first.toUpperCase());

/** The lowest id behind all others. */
async function nextId(root: string): Promise<string> {
  const numbers = (await readFolders(root)).flatMap(({ rules }) => rules)
    .map(({ rule }) => /^R(\d+)$/.exec(rule.id)?.[1])
    .filter((text) => text !== undefined).map(Number).filter((number) => number !== LAST_ID);
  return `R${Math.max(0, ...numbers) + 1}`;
}

const causeFile = (code: string) =>
  `/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "${code}",
  group: "edge",
  means: "",
  knows: "",
  remedy: "",
};
`;

const ruleFile = (id: string, code: string) =>
  `/** */
import type { Rule } from "../rule.ts";

/** */
export const ${nameOf(code)}: Rule = {
  id: "${id}",
  statement: "",
  yields: ["${code}"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop") return null;
    return null;
  },
};
`;

const spec = (id: string, claim: string, isDropped: boolean) =>
  `# ${claim} [${id}]
-- node a --
netns 10 a
link 2 eth0 veth 02:00:00:00:00:0a 10.0.0.1/24
-- events --
a device-rx 1us skb=a1 a:eth0 02:00:00:00:00:0b>02:00:00:00:00:0a 10.0.0.2:4000>10.0.0.1:80/udp host id=1 ttl=64 ipLength=100
${
    isDropped
      ? "a drop 2us skb=a1 a:eth0 host function_that_freed() NOT_SPECIFIED"
      : "a deliver 2us skb=a1 a:"
  }
-- report --
not written so far: UPDATE=1 deno test -A test/spec
`;
