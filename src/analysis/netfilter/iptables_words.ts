/** A rule as `iptables-save` prints it, taken apart into conditions and a target. */

/** One option of a rule with its values. */
export interface Condition {
  /** Without its dashes: `dport`, `s`, `ctstate`. */
  option: string;
  negated: boolean;
  values: string[];
  /** The match module it was given for: `tcp`, `conntrack`; "" for the built-in ones. */
  module: string;
}

/** A rule, taken apart. */
export interface Words {
  conditions: Condition[];
  /** Modules named with `-m`: some match by being there. */
  modules: string[];
  target: string | null;
  goto: boolean;
  targetOptions: Condition[];
}

const parsed = new Map<string, Words>();

/** The parts of a rule. Parsed once: the same text comes with every snapshot. */
export function iptablesWords(text: string): Words {
  const known = parsed.get(text);
  if (known) return known;
  const words = parse(text);
  if (parsed.size > 50_000) parsed.clear();
  parsed.set(text, words);
  return words;
}

function parse(text: string): Words {
  const tokens = tokensOf(text);
  const out: Words = { conditions: [], modules: [], target: null, goto: false, targetOptions: [] };
  let module = "";
  let ofModule: Condition[] = [];
  let negated = false;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.quoted) continue;
    if (token.text === "!") {
      negated = true;
      continue;
    }
    if (!token.text.startsWith("-")) continue;
    const option = token.text.replace(/^--?/, "");
    const values: string[] = [];
    while (i + 1 < tokens.length && isValue(tokens[i + 1]!)) values.push(tokens[++i]!.text);
    if (option === "A") {
      // The chain it stands in.
    } else if (option === "m") {
      limitTypes(ofModule);
      ofModule = [];
      module = values[0] ?? "";
      out.modules.push(module);
    } else if ((option === "j" || option === "g") && out.target === null) {
      out.target = values[0] ?? "";
      out.goto = option === "g";
    } else {
      const condition = { option, negated, values, module };
      ofModule.push(condition);
      if (out.target === null) out.conditions.push(condition);
      else out.targetOptions.push(condition);
    }
    negated = false;
  }
  limitTypes(ofModule);
  return out;
}

/**
 * `--limit-iface-in` says by which device the kinds of addresses are meant that were given to the
 * same module: a rule may name it twice, once with and once without.
 */
function limitTypes(conditions: readonly Condition[]): void {
  const limit = conditions.find(({ option }) => option.startsWith("limit-iface-"))?.option;
  if (limit === undefined) return;
  for (const { option, values } of conditions) {
    if (option === "src-type" || option === "dst-type") values.push(limit.slice(12));
  }
}

interface Token {
  text: string;
  quoted: boolean;
}

const isValue = (token: Token) =>
  token.quoted || (token.text !== "!" && !/^-{1,2}[a-zA-Z]/.test(token.text));

function tokensOf(text: string): Token[] {
  return (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) =>
    word.startsWith('"')
      ? { text: word.replace(/^"|"$/g, "").replace(/\\(.)/g, "$1"), quoted: true }
      : { text: word, quoted: false }
  );
}
