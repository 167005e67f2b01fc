/**
 * What only the text of `nft -a list ruleset` tells: each rule as people write it, by handle, and
 * the devices of a chain, which nft's JSON leaves out up to 1.0.6.
 */

/** What the text has and the JSON has not. */
export interface NftText {
  /** `family table chain handle` → rule. */
  rules: Map<string, string>;
  /** `family table chain` → devices. */
  devices: Map<string, string[]>;
}

/** Key of `NftText.rules`. */
export function ruleKey(family: string, table: string, chain: string, handle: number): string {
  return `${family} ${table} ${chain} ${handle}`;
}

const TABLE = /^table (\S+) (\S+) \{/;
const CHAIN = /^\tchain (\S+) \{/;
const RULE = /^\t\t(.*) # handle (\d+)$/;
const HOOK = /^\t\ttype \S+ hook \S+ device(?:s = \{ ([^}]*) \}| (\S+)) /;

/** Reads the text of `nft -a list ruleset` (1.0 and 1.1). */
export function nftText(text: string): NftText {
  const out: NftText = { rules: new Map(), devices: new Map() };
  let table = "";
  let chain = "";
  for (const line of text.split("\n")) {
    const opened = TABLE.exec(line);
    if (opened) {
      table = `${opened[1]} ${opened[2]}`;
      chain = "";
      continue;
    }
    // Sets, maps and counters stand in the same table; none of their lines is a rule.
    if (/^\t\S/.test(line)) chain = CHAIN.exec(line)?.[1] ?? "";
    if (chain === "") continue;
    const hook = HOOK.exec(line);
    if (hook) {
      const names = (hook[1] ?? hook[2] ?? "").split(",").map((name) => unquote(name.trim()));
      out.devices.set(`${table} ${chain}`, names.filter((name) => name !== ""));
      continue;
    }
    const rule = RULE.exec(line);
    const key = `${table} ${chain} ${rule?.[2]}`;
    if (rule && !out.rules.has(key)) out.rules.set(key, (rule[1] ?? "").trim());
  }
  return out;
}

function unquote(name: string): string {
  return name.replace(/^"(.*)"$/, "$1");
}
