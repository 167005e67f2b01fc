/** A command for root is made of words by one function, never by a template. */
import type { TidyRule } from "./rules.ts";
import { isTest } from "./source.ts";

/** A template that begins with a program's name and takes something in. */
const COMMAND_TEMPLATE =
  /`\s*(?:ip|bridge (?:link|fdb|vlan|mdb)|tc (?:-\w+ )*\w+ (?:add|change|del|replace|show)|nft|ip6?tables(?:-legacy)?|sysctl|ss|kubectl|nsenter|ethtool|ovs-\w+) [^`]*\$\{/;

/** The one file that makes text of words. */
const MAKER = "src/analysis/rules/command.ts";

/** No file of the analysis writes a command by a template: names from outside would be shell text. */
export const commandsAreWords: TidyRule = (sources) =>
  sources.filter(({ path, text }) =>
    path.startsWith("src/analysis/") && path !== MAKER && !isTest(path) &&
    COMMAND_TEMPLATE.test(text)
  ).map(({ path, text }) =>
    `${path}: has ${JSON.stringify(COMMAND_TEMPLATE.exec(text)![0].slice(0, 60))}, ` +
    `a command must be made of words by ${MAKER}`
  );

const CHECKED = "src/analysis/rules/shared/checked.ts";

/** What changes something is told by one function, which asks first whether it lets the packet pass. */
export const changesAreChecked: TidyRule = (sources) =>
  sources.filter(({ path, text }) =>
    path.startsWith("src/") && path !== MAKER && path !== CHECKED && !isTest(path) &&
    /import \{[^}]*\bchanging\b[^}]*\} from "[./\w-]*\/command\.ts"/.test(text)
  ).map(({ path }) =>
    `${path}: imports \`changing\`, a command that changes is told by ${CHECKED}`
  );
