/** Of many rules those chains and sets are read that changed: what comes of it is what reading all gives. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { NetnsState } from "../../event/state.ts";
import { kernelTest, withScene } from "./kernel_testing.ts";
import { KnownStates, namesOf } from "./kept.ts";
import type { NetnsHandle } from "./netns.ts";
import { readCosted } from "./read.ts";
import { withoutCounters } from "./rules_patch.ts";
import { Watch } from "./watch.ts";

/** So many chains of iptables that their tables are left out of nft's words. */
const SERVICES = 4_000;

const numbers = Array.from({ length: SERVICES }, (_, i) => i);
const SAVED = [
  "*nat",
  ":PREROUTING ACCEPT [0:0]",
  ...numbers.map((i) => `:SERVICE-${i} - [0:0]`),
  ...numbers.flatMap((i) => [
    `-A PREROUTING -d 10.96.${i >> 8}.${i & 255}/32 -p tcp -m tcp --dport 80 -j SERVICE-${i}`,
    ...[1, 2, 3].map((end) =>
      `-A SERVICE-${i} -p tcp -m comment --comment "the ${end}th of service ${i}, as a proxy names it" ` +
      `-m tcp -j DNAT --to-destination 10.244.${i >> 8}.${i & 255}:80`
    ),
  ]),
  "COMMIT",
].join("\n");
const TABLE = `table inet own {
  set known { type ipv4_addr; elements = { 10.0.0.1 } }
  map where { type ipv4_addr : verdict; elements = { 10.0.0.1 : accept } }
  chain first { type filter hook input priority 0; ip saddr @known counter accept; }
  chain empty { }
  chain last { tcp dport 22 accept; tcp dport 23 drop; }
}`;

/** Reads as a session does. */
class Reader {
  readonly #known = new KnownStates();
  readonly watch = new Watch({ onChange() {}, onStale: (...told) => this.#known.heard(...told) });

  async read(netns: NetnsHandle): Promise<{ state: NetnsState; costMs: number; kept: string[] }> {
    this.watch.hearNow(netns.inode);
    const partsMs = await this.#known.freshen(netns, {});
    const kept = this.#known.keptOf(netns, false);
    const begun = this.#known.begin(netns, true);
    const { state, keepable, costMs } = await readCosted(netns, { kept: () => kept });
    this.#known.end(netns, begun, keepable);
    return { state, costMs: costMs + partsMs, kept: namesOf(kept) };
  }
}

const rulesOf = ({ chains, netfilter, sets }: NetnsState) => ({
  ...{ chains, sets },
  rules: netfilter.map(withoutCounters),
});

/** What changes a part alone. */
const PARTS = [
  "iptables-nft -t nat -A SERVICE-7 -j ACCEPT",
  "iptables-nft -t nat -D SERVICE-7 1",
  "iptables-nft -t nat -F SERVICE-8",
  "iptables-nft -t nat -A SERVICE-8 -p udp -j RETURN; iptables-nft -t nat -I SERVICE-9 -j RETURN",
  "nft add rule inet own empty tcp dport 80 drop",
  "nft insert rule inet own first tcp dport 81 counter drop",
  "nft flush chain inet own empty",
  "nft add element inet own known '{ 10.0.0.2 }'; nft add element inet own where '{ 10.0.0.2 : drop }'",
  "nft delete element inet own known '{ 10.0.0.1 }'",
  "iptables-nft -t nat -N SERVICE-NEW; iptables-nft -t nat -A SERVICE-NEW -j SERVICE-1",
  "iptables-nft -t nat -N A-FIRST; iptables-nft -t nat -N Z-LAST; iptables-nft -t nat -A A-FIRST -j Z-LAST",
  "iptables-nft -t nat -F SERVICE-NEW; iptables-nft -t nat -X SERVICE-NEW",
  "nft add chain inet own more; nft add rule inet own more jump last",
  "nft delete chain inet own empty",
  "printf '*nat\\n:SERVICE-11 - [0:0]\\n-A SERVICE-11 -j RETURN\\n:SERVICE-Q - [0:0]\\n" +
  "-A SERVICE-Q -j ACCEPT\\nCOMMIT\\n' | iptables-nft-restore --noflush",
];
/** What changes more: chains with a hook, those that come back, and sets that have no name of their own. */
const MORE = [
  "nft add chain inet own hooked '{ type filter hook input priority 1; }'",
  "iptables-nft -t nat -F SERVICE-Q; iptables-nft -t nat -X SERVICE-Q; iptables-nft -t nat -N SERVICE-Q",
  "nft add rule inet own last tcp dport '{ 1, 2 }' drop",
  "nft add table inet other",
];

kernelTest(
  "one rule of many that changed is read alone, and the state is that of reading all",
  () =>
    withScene(async ({ sh, handle }) => {
      const [rules, table] = [SAVED, TABLE].map((text) => {
        const path = Deno.makeTempFileSync();
        Deno.writeTextFileSync(path, `${text}\n`);
        return path;
      });
      const inside = (script: string) =>
        sh(`ip netns exec $A sh -euc "${script.replaceAll('"', '\\"')}"`);
      const reader = new Reader();
      try {
        await inside(`iptables-nft-restore <${rules}; nft -f ${table}`);
        const netns = await handle("a");
        await reader.watch.add([netns]);
        const first = await reader.read(netns);
        equal(first.state.netfilter.length, 4 * SERVICES + 3);
        const changed = async (script: string) => {
          await inside(script);
          const read = await reader.read(netns);
          const whole = await readCosted(netns);
          deepEqual(rulesOf(read.state), rulesOf(whole.state), script);
          return { read, whole };
        };
        for (const script of PARTS) {
          const { read, whole } = await changed(script);
          ok(read.kept.includes("netfilter"), `${script}: all were read`);
          ok(read.costMs < whole.costMs / 2, `${script}: ${read.costMs} of ${whole.costMs} ms`);
        }
        for (const script of MORE) {
          const { read } = await changed(script);
          equal(read.kept.includes("netfilter"), false, `${script}: a part alone was read`);
        }
        const { read } = await changed(PARTS[0]!);
        ok(read.kept.includes("netfilter"), "a part that changed after all were read");
      } finally {
        await reader.watch.stop();
        for (const path of [rules, table]) Deno.removeSync(path!);
      }
    }),
);
