/** What to do about a rule or policy that refused a packet: where it was made, and how it was checked. */
import type { NetfilterChain, NetfilterRule, NetnsState } from "../../../event/state.ts";
import { isInHookWalk, nftFreesItself } from "../../kernel/netfilter.ts";
import { refusersAfter, type Suspect } from "../../netfilter/candidates.ts";
import { CONNTRACK_PRIORITY } from "../../netfilter/walk.ts";
import { netnsName } from "../../view/netns_names.ts";
import { ownRow } from "../../view/shortened.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { named } from "../word.ts";
import { applied, type Change } from "./change.ts";
import { checked, lookAt } from "./checked.ts";
import { type Listed, listedBy, setShown } from "./listed.ts";
import { ownerWords } from "./owner_words.ts";
import { type Controller, ownerOf, policyOwner } from "./owners.ts";
import { establishedWords, isUfwHook, packetWords, ufwWords } from "./packet_words.ts";

/**
 * For a rule of a person: its deletion, when the packet passes without it; of one that refuses what a set
 * has, the address is taken out of the set. For a policy of a person:
 * a rule that lets the packet pass; the policy stays. What a controller keeps is never changed: its
 * name, and what to change there. Where packets are beyond the limit of a rule, which limit is right
 * nobody can tell: its chain is shown. `state` is the reading that was asked who refused the packet.
 */
export function refusalRemedy(
  subject: Case,
  suspect: Suspect,
  state: NetnsState | null,
  limited?: NetfilterRule,
): string[] {
  if (!state) return [];
  const { rule, path, base: { chain } } = suspect;
  if (rule) {
    const owner = ownerOf(rule, path, state.chains);
    if (owner) return ownersWords({ subject, suspect, state }, owner);
    return limited ? chainShown(subject, limited) : deletion({ subject, suspect, state }, rule);
  }
  const legacy = isLegacy(subject, suspect);
  const tool = isIptables(state, suspect) ? legacy ? "iptables-legacy" : "iptables" : "nft";
  const own = state.netfilter.filter((each) =>
    each.family === chain.family && each.table === chain.table && each.chain === chain.name &&
    (each.tool === "iptables-legacy") === legacy
  );
  const owner = policyOwner(chain, own, tool !== "nft");
  if (owner) return ownersWords({ subject, suspect, state }, owner);
  if (limited) return chainShown(subject, limited);
  return letPass({ subject, suspect, state }, { tool, chain: chain.name, rules: own });
}

interface Question {
  subject: Case;
  suspect: Suspect;
  state: NetnsState;
}

const passes = (question: Question) => (after: NetnsState) => {
  const { list, cut } = after === question.state
    ? { list: [question.suspect], cut: false }
    : refusersOf(question, after);
  return list.length === 0 && !cut;
};

const refusersOf = ({ subject, suspect }: Question, after: NetnsState) =>
  refusersAfter(subject, suspect, after);

/** Most rules that a remedy deletes. */
const RULES_MAX = 3;

/** The rule, and what would surely refuse the packet next when it is gone. */
function deletion(question: Question, rule: NetfilterRule): string[] {
  const { subject: { node, netns }, state } = question;
  const listed = listedBy(question.subject, rule, state);
  if (listed) return unlisting(question, listed);
  const changes: Change[] = [];
  for (let next: NetfilterRule | null = rule; next && changes.length < RULES_MAX;) {
    // A rule that also sends packets elsewhere does more than refuse: deleted it would do more, too.
    if (/\bvmap\b/.test(next.text)) break;
    changes.push({ do: "delete-rule", rule: next });
    const [refuser] = refusersOf(question, applied(state, changes)).list;
    next = refuser?.rule && refuser.match === "yes" &&
        !ownerOf(refuser.rule, refuser.path, state.chains)
      ? refuser.rule
      : null;
  }
  const lines = checked({ node, netns, state, changes, passes: passes(question) });
  return lines.length > 0 ? lines : chainShown(question.subject, rule);
}

/**
 * A rule that refuses what a set has is meant to: the address is taken out, if that lets the packet pass.
 * Without the rule all that the set bans would pass.
 */
function unlisting(question: Question, listed: Listed): string[] {
  const { subject: { node, netns }, state } = question;
  const { set, entry } = listed;
  const changes: Change[] = entry === undefined ? [] : [{ do: "delete-element", set, entry }];
  const lines = checked({ node, netns, state, changes, passes: passes(question) });
  return lines.length > 0 ? lines : setShown(question.subject, listed);
}

/** Shows the chain that the rule stands in. */
function chainShown({ node, netns }: Case, rule: NetfilterRule): string[] {
  const { family, table, chain, tool } = rule;
  const look = tool === "nft"
    ? ["nft", "-a", "list", "chain", ...[family, table, chain].map(named)]
    : [iptablesOf(family, tool), "-t", named(table), "-S", named(chain)];
  return command(node, netns, look);
}

const iptablesOf = (family: string, tool: string) =>
  `${family === "ip6" ? "ip6tables" : "iptables"}${tool === "iptables-legacy" ? "-legacy" : ""}`;

interface Where {
  tool: NetfilterRule["tool"];
  chain: string;
  /** Rules of that chain. */
  rules: readonly NetfilterRule[];
  /** Before all rules of the chain, where those after it would refuse. */
  first?: boolean;
}

/** A rule for this packet, and for what answers it where nothing lets answers pass. */
function letPass(question: Question, { tool, chain, rules, first }: Where): string[] {
  const { subject, suspect, state } = question;
  const { base, ctStates, pass } = suspect;
  // Before connection tracking no rule knows an answer.
  const { hook, priority = 0 } = base.chain;
  const isTracked = (hook !== "prerouting" && hook !== "output") || priority > CONNTRACK_PRIORITY;
  const isAnswer = isTracked && ctStates.length > 0 &&
    ctStates.every((each) => each === "established" || each === "related");
  const own = isAnswer ? establishedWords(tool) : packetWords(subject.event, tool);
  const answers = rules.some(({ text }) => /established/i.test(text));
  const texts = [
    own,
    ...(isAnswer || answers || !isTracked || !meetsAnswers(pass.view)
      ? []
      : [establishedWords(tool)]),
  ];
  if (texts.some((text) => text === null)) return [];
  const { family, table } = base.chain;
  const changes: Change[] = texts.map((text) => ({
    do: first ? "insert-rule" : "append-rule",
    rule: { family, table, chain, position: 0, tool, text: text! },
  }));
  const open = withPolicy(state, suspect);
  const lines = checked({
    ...{ node: subject.node, netns: subject.netns, state, changes },
    // At the end of the chain, where the policy is asked, a rule for just this packet does to it what
    // another policy would; and a rule of nft can't be evaluated by its text.
    passes: (after) => passes(question)(first || after === state ? after : open),
  });
  return lines.length > 0 ? lines : lookAt(
    `no single rule lets the packet pass ${family} table ${table} chain ${base.chain.name} in ` +
      netnsName(subject.node, subject.netns),
  );
}

/** What answers a packet comes through the same chain. */
const meetsAnswers = ({ layer, hook }: Suspect["pass"]["view"]): boolean =>
  layer === "ip" && ["prerouting", "forward", "postrouting"].includes(hook);

const opened = new WeakMap<NetfilterChain, WeakMap<NetnsState, NetnsState>>();

/** Made once for each chain: many packets die of one policy. */
function withPolicy(state: NetnsState, { base: { chain } }: Suspect): NetnsState {
  const known = opened.get(chain) ?? new WeakMap<NetnsState, NetnsState>();
  opened.set(chain, known);
  const own = ownRow(state.chains, chain);
  const made = known.get(state) ?? {
    ...state,
    chains: state.chains.map((each) => each === own ? { ...each, policy: "accept" } : each),
  };
  known.set(state, made);
  return made;
}

function ownersWords(question: Question, owner: Controller): string[] {
  const { subject, suspect: { rule, path, base: { chain } }, state } = question;
  const rules = [...(rule ? [rule] : []), ...path];
  const told = ownerWords(subject, owner, rule ? null : chain.name, rules, state);
  if (owner.name === "Docker") return [...told, ...dockerUser(question)];
  if (owner.name !== "ufw") return told;
  const allow = ufwAllow(question);
  const look = () => command(subject.node, subject.netns, ["ufw", "status", "numbered"]);
  return [...told, ...(allow.length > 0 ? allow : look())];
}

/** `ufw allow` puts a rule into ufw's chain for users: asked what the packet does with it there. */
function ufwAllow(question: Question): string[] {
  const { subject, suspect, state } = question;
  const { base: { chain }, pass } = suspect;
  const { hook } = pass.view;
  if (!isUfwHook(hook)) return [];
  const words = ufwWords(subject.event, hook);
  const text = packetWords(subject.event, "iptables");
  const users = `${chain.family === "ip6" ? "ufw6" : "ufw"}-user-${hook}`;
  if (!words || !text || !state.chains.some(({ name }) => name === users)) return [];
  const tool = isLegacy(subject, suspect) ? "iptables-legacy" : "iptables";
  const rule: NetfilterRule = {
    ...{ family: chain.family, table: chain.table, chain: users, position: 0, tool, text },
  };
  return checked({
    ...{ node: subject.node, netns: subject.netns, state, passes: passes(question) },
    changes: [{ do: "append-rule", rule, by: words }],
  });
}

function dockerUser(question: Question): string[] {
  const { suspect, state } = question;
  const { chain } = suspect.base;
  const rules = state.netfilter.filter((each) =>
    each.family === chain.family && each.table === chain.table && each.chain === "DOCKER-USER"
  );
  if (chain.hook !== "forward" || rules.length === 0) return [];
  return letPass(question, { tool: rules[0]!.tool, chain: "DOCKER-USER", rules, first: true })
    .filter((line) => !line.startsWith("#"));
}

function isLegacy({ event, node }: Case, { rule, base: { legacy } }: Suspect): boolean {
  if (rule) return rule.tool === "iptables-legacy";
  return legacy ?? (isInHookWalk(event) && nftFreesItself(node.header.kernel));
}

/** nft may have made a chain of that name, too; then its table has rules of nft alone. */
function isIptables({ netfilter }: NetnsState, { base: { chain, legacy } }: Suspect): boolean {
  if (legacy) return true;
  if (chain.name !== chain.hook?.toUpperCase()) return false;
  const rules = netfilter.filter((rule) =>
    rule.family === chain.family && rule.table === chain.table
  );
  return rules.length === 0 || rules.some((rule) => rule.tool !== "nft");
}
