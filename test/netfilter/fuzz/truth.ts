/** What the kernel did with one packet, by what its rules counted. */
import type { NetfilterRule } from "../../../src/event/state.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { Gaps } from "../../../src/probe/state/bounds.ts";
import { savedTables, withIptables } from "../../../src/probe/state/iptables.ts";
import { nftRuleset } from "../../../src/probe/state/nft_json.ts";
import { nftText } from "../../../src/probe/state/nft_text.ts";
import { END } from "./program.ts";
import { HOPS } from "./wire.ts";

/**
 * Counts the packets of the test as they come to the first hook and leave the last one, and ends all
 * others there: what the kernel itself sends would go through the rules, too, and count.
 */
export const ENDS = `table inet ends {
  chain first { type filter hook prerouting priority -450;
    ip ttl ${HOPS} counter accept; ip6 hoplimit ${HOPS} counter accept
    ip ttl ${HOPS - 1} accept; ip6 hoplimit ${HOPS - 1} accept; counter drop; }
  chain first_own { type filter hook output priority -450;
    ip ttl ${HOPS} counter accept; ip6 hoplimit ${HOPS} counter accept; counter drop; }
  chain last { type filter hook postrouting priority 400; counter; }
  chain last_own { type filter hook input priority 400; counter; }
}`;

/** At a host of the test: nothing that comes is answered, and nothing else is sent. */
export const SILENT = `table inet silent {
  chain came { type filter hook prerouting priority -450; drop; }
  chain goes { type filter hook output priority -450;
    ip ttl ${HOPS} accept; ip6 hoplimit ${HOPS} accept; drop; }
}`;

const MARK = "=====";

/** All rules of a router with their counters; also those of what counts at the ends. */
export async function rulesOf(router: Namespace, six: boolean): Promise<NetfilterRule[]> {
  const [tools, names] = six ? ["ip6tables", "ip6_tables_names"] : ["iptables", "ip_tables_names"];
  const family = six ? "ip6" : "ip";
  const { stdout } = await router.run([
    "sh",
    "-c",
    `nft -j list ruleset; echo ${MARK}
    nft -a list ruleset; echo ${MARK}; ${tools}-nft-save -c; echo ${MARK}
    read -r any </proc/net/${names} && ${tools}-legacy-save -c; true`,
  ]);
  const [json = "", text = "", saved = "", legacy = ""] = stdout.split(`${MARK}\n`);
  const nft = nftRuleset(JSON.parse(json).nftables, nftText(text), new Gaps());
  const both = withIptables(nft, savedTables(saved, family, "iptables"));
  return [...both.rules, ...savedTables(legacy, family, "iptables-legacy").rules];
}

/** What became of a packet: it went through, or these could have refused it; null: nobody knows. */
export type Truth = { passed: true } | { passed: false; keys: string[] } | null;

const TOOLS = { nft: "nft", iptables: "iptables-nft", "iptables-legacy": "iptables-legacy" };

/** As evidence names a rule: tool, table, chain and place; or a chain's policy. */
function keyOf({ tool, family, table, chain, position, handle, text }: NetfilterRule): string {
  const place = `${TOOLS[tool]}: ${family} table ${table} chain ${chain}`;
  if (text.includes(END)) return `${place}: policy`;
  return `${place} ${tool === "nft" ? `handle ${handle}` : `rule ${position}`}`;
}

/** By two readings, between which one packet was sent; `mayPass` unseen where IP sees no frames. */
export function truthOf(
  before: readonly NetfilterRule[],
  after: readonly NetfilterRule[],
  mayPass: boolean,
): Truth {
  const identity = (rule: NetfilterRule) => `${keyOf(rule)} ${rule.position}`;
  const counts = new Map(before.map((rule) => [identity(rule), rule.packets ?? 0]));
  const rise = (rule: NetfilterRule) => (rule.packets ?? 0) - (counts.get(identity(rule)) ?? 0);
  const risen = after.filter((rule) => rise(rule) > 0);
  const at = (chain: string) =>
    risen.filter((rule) =>
      rule.table === "ends" && rule.chain.startsWith(chain) && !rule.text.includes("drop")
    )
      .reduce((sum, rule) => sum + rise(rule), 0);
  if (at("first") === 0 && mayPass) return { passed: true };
  if (at("first") !== 1) return null;
  if (at("last") > 0) return { passed: true };
  const refusing = risen.filter(({ text, table }) =>
    table !== "ends" && /-j (DROP|REJECT)\b|\bdrop( comment ".*")?$|\breject\b/.test(text) ||
    table !== "ends" && text.includes(END)
  );
  const keys = refusing.length > 0 ? refusing.map(keyOf) : returned(after, risen);
  return keys.length === 0 ? null : { passed: false, keys };
}

/** A base chain may also be left by a rule that returns: then its policy decides, too. */
function returned(all: readonly NetfilterRule[], risen: readonly NetfilterRule[]): string[] {
  const isSame = (a: NetfilterRule, b: NetfilterRule) =>
    a.tool === b.tool && a.family === b.family && a.table === b.table && a.chain === b.chain;
  const ends = all.filter(({ text }) => text.includes(END));
  return ends.filter((end) =>
    risen.some((rule) => rule.text.endsWith("-j RETURN") && isSame(rule, end))
  ).map(keyOf);
}
