/** What a printed command makes of the rules of netfilter. */
import type { NetfilterRule, NetfilterSet, NetnsState } from "../../src/event/state.ts";
import type { Effect } from "./typed.ts";

/** The effect of a command of `iptables`, `nft` or `ufw`; null: none that is known here. */
export function typedRule(words: readonly string[]): Effect | null {
  const [program = ""] = words;
  if (program === "ufw") return ufw(words);
  if (program === "ipset") {
    return words[1] === "del" ? withoutElement(isIpset(words[2]), words[3]) : null;
  }
  return program === "nft" ? nft(words.slice(1)) : iptables(program, words.slice(1));
}

const isIpset = (name: string | undefined) => (set: NetfilterSet): boolean =>
  set.family === "ipset" && set.name === name;

/** The sets without the element of this address. */
function withoutElement(isIt: (set: NetfilterSet) => boolean, address = ""): Effect {
  const isElement = (element: unknown) =>
    new RegExp(`(^|")${address.replaceAll(".", "\\.")}(["\\s]|$)`).test(
      typeof element === "string" ? element : JSON.stringify(element),
    );
  return (state) => ({
    ...state,
    sets: state.sets.map((set) =>
      isIt(set) ? { ...set, elements: set.elements.filter((element) => !isElement(element)) } : set
    ),
  });
}

function nft([verb, object, family, table, chain, ...more]: readonly string[]): Effect | null {
  if (verb === "delete" && more[0] === "handle") {
    return (state) => ({
      ...state,
      netfilter: state.netfilter.filter((rule) =>
        rule.family !== family || rule.table !== table || rule.chain !== chain ||
        String(rule.handle) !== more[1]
      ),
    });
  }
  if (verb === "delete" && object === "element") {
    return withoutElement(
      (set) => set.family === family && set.table === table && set.name === chain,
      more[1],
    );
  }
  if (verb !== "add" && verb !== "insert") return null;
  const rule: NetfilterRule = {
    ...{ tool: "nft", family: family!, table: table!, chain: chain!, text: more.join(" ") },
    position: verb === "add" ? 1e6 : 0.5,
  };
  // By its text alone no rule of nft is evaluated: the chain's policy stands for one at its end.
  const isOpen = verb === "add";
  return (state) => ({
    ...state,
    netfilter: [...state.netfilter, rule],
    chains: state.chains.map((each) =>
      isOpen && each.family === family && each.table === table && each.name === chain
        ? { ...each, policy: "accept" }
        : each
    ),
  });
}

function iptables(
  program: string,
  [, table, verb, chain, ...more]: readonly string[],
): Effect | null {
  const tool = program.endsWith("-legacy") ? "iptables-legacy" : "iptables";
  const family = program.startsWith("ip6") ? "ip6" : "ip";
  const isThere = (rule: NetfilterRule) =>
    (rule.tool === "iptables-legacy") === (tool === "iptables-legacy") && rule.family === family &&
    rule.table === table && rule.chain === chain;
  if (verb === "-D") {
    return (state) => {
      const at = state.netfilter.findIndex((rule) => isThere(rule) && isSame(rule.text, more));
      return { ...state, netfilter: state.netfilter.filter((_, index) => index !== at) };
    };
  }
  if (verb !== "-A" && verb !== "-I") return null;
  return (state) =>
    withRule(state, isThere, verb, {
      ...{ tool, family, table: table!, chain: chain!, position: 0 },
      text: more.map((word) => /[\s"]/.test(word) ? `"${word}"` : word).join(" "),
    });
}

const isSame = (text: string, words: readonly string[]): boolean =>
  text.replace(/^-A \S+ ?/, "").replaceAll('"', "").replaceAll("\\", "") ===
    words.join(" ").replaceAll('"', "").replaceAll("\\", "");

function withRule(
  state: NetnsState,
  isThere: (rule: NetfilterRule) => boolean,
  verb: "-A" | "-I",
  rule: NetfilterRule,
): NetnsState {
  const places = state.netfilter.filter(isThere).map(({ position }) => position);
  const position = verb === "-A" ? Math.max(0, ...places) + 1 : Math.min(1, ...places) - 0.5;
  return { ...state, netfilter: [...state.netfilter, { ...rule, position }] };
}

/** `ufw [route] allow proto P from A to B port N`. */
function ufw(words: readonly string[]): Effect {
  const forward = words[1] === "route";
  const [, protocol, , source, , destination, , port] = words.slice(forward ? 3 : 2);
  const six = source!.includes(":");
  const chain = `${six ? "ufw6" : "ufw"}-user-${forward ? "forward" : "input"}`;
  const program = six ? "ip6tables" : "iptables";
  const rule = `-p ${protocol} -s ${source} -d ${destination} --dport ${port} -j ACCEPT`;
  return iptables(program, ["-t", "filter", "-A", chain, ...rule.split(" ")])!;
}
