/** Random rulesets against packets really sent: never a rule named that did not count the packet. */
import { deepEqual, ok } from "node:assert/strict";
import type { Event } from "../../src/event/event.ts";
import type { NetfilterRule, NetnsState } from "../../src/event/state.ts";
import { IPTABLES_MATCHES, iptablesProgram, nftProgram, randomOf } from "./rules.ts";
import { caseFor } from "./case_fixture.ts";
import { keyOf } from "../../src/analysis/netfilter/candidates.ts";
import { findingOf } from "../../src/analysis/netfilter/choose.ts";
import { rulesetOf } from "../../src/analysis/netfilter/ruleset.ts";
import * as scene from "./scene.ts";

const ENDS = `table inet ends {
  chain first { type filter hook prerouting priority -400; counter; }
  chain first_own { type filter hook output priority -400; counter; }
  chain last { type filter hook postrouting priority 400; counter; }
  chain last_own { type filter hook input priority 400; counter; }
}`;

const countOf = (state: NetnsState, chain: string) =>
  state.netfilter.find((rule) => rule.table === "ends" && rule.chain === chain)?.packets ?? 0;

const entered = (state: NetnsState) => countOf(state, "first") + countOf(state, "first_own");
const left = (state: NetnsState) => countOf(state, "last") + countOf(state, "last_own");

/** The rules that counted more in the second state. */
function counted(before: NetnsState, after: NetnsState): NetfilterRule[] {
  return after.netfilter.filter((rule, i) =>
    (rule.packets ?? 0) > (before.netfilter[i]?.packets ?? 0)
  );
}

const isDrop = (rule: NetfilterRule) => / drop$|-j DROP$/.test(rule.text);

interface Truth {
  /** Keys as `keyOf` has them; several when policies of one priority can't be told apart. */
  keys: string[];
  hook: string;
}

/** Who dropped it: a rule that counted and drops, else the policy of the last chain it came to. */
function truthOf(before: NetnsState, after: NetnsState): Truth | null {
  const rules = counted(before, after).filter((rule) => rule.table !== "ends");
  const bases = rulesetOf(after).bases.filter(({ chain }) =>
    rules.some((rule) => rule.chain === chain.name && rule.family === chain.family)
  );
  const order = ["prerouting", "input", "forward", "output", "postrouting"];
  const rank = ({ chain }: typeof bases[number]) =>
    order.indexOf(chain.hook!) * 1000 + chain.priority!;
  const last = bases.toSorted((a, b) => rank(b) - rank(a));
  if (last.length === 0) return null;
  const hook = last[0]!.chain.hook!;
  const rule = rules.find(isDrop);
  if (rule) {
    const key = `${rule.tool} ${rule.family} ${rule.table} ${rule.chain} ${rule.handle}`;
    return { keys: [key], hook };
  }
  const policies = last.filter((base) =>
    rank(base) === rank(last[0]!) && base.chain.policy === "drop"
  );
  const keys = policies.map(({ chain }) =>
    `policy ${chain.family} ${chain.table} ${chain.name} ${chain.device ?? ""}`
  );
  return { keys, hook };
}

/** What a probe would have told: where it came in, and where it was freed. */
function eventsOf(packet: scene.Packet, hook: string, netns: number): Event[] {
  const came: Event = { ...scene.eventOf(packet), netns, ifindex: 2, device: "left" };
  const freed: Event = { ...came, kind: "drop", function: "nft_do_chain" };
  freed.reason = "NETFILTER_DROP";
  if (packet.from === "router") return [{ ...freed, device: "right", ifindex: 3 }];
  if (hook === "forward") freed.ttl = 63;
  if (hook === "postrouting") Object.assign(freed, { ttl: 63, device: "right", ifindex: 3 });
  return [came, freed];
}

function uncounted(state: NetnsState): NetnsState {
  return {
    ...state,
    netfilter: state.netfilter.map(({ packets: _, bytes: __, ...rule }) => rule),
  };
}

const ALL = [...scene.FORWARDED, ...scene.TO_ROUTER, ...scene.FROM_ROUTER];
/** `SEED=7 PROGRAMS=500` for more of it. */
const SEED = Number(Deno.env.get("SEED") ?? 20_261_121);
const PROGRAMS = Number(Deno.env.get("PROGRAMS") ?? 16);
const PACKETS = 7;

Deno.test({
  name: `[N6] seed ${SEED}: the rule named is the one that counted the packet`,
  ignore: Deno.uid() !== 0,
  async fn() {
    const random = randomOf(SEED);
    const world = scene.sceneOf("walk");
    const { router, topology } = world;
    const tally = { dropped: 0, passed: 0, named: 0, namedUncounted: 0 };
    const wrong: string[] = [];
    try {
      await topology.apply();
      for (let i = 0; i < PROGRAMS; i++) {
        const kinds = random.pick([["nft"], ["iptables"], ["nft", "iptables"]]);
        router.nft("flush ruleset");
        router.nft(ENDS);
        const program = nftProgram(random, scene.NFT_SETS);
        const lines = iptablesProgram(random, IPTABLES_MATCHES);
        if (kinds.includes("nft")) router.nft(program);
        if (kinds.includes("iptables")) router.iptables("filter", ...lines);
        await topology.apply({ awaited: false });
        let before = await scene.routerState(world);
        for (let j = 0; j < PACKETS; j++) {
          const packet = random.pick(ALL);
          const seen = entered(before);
          const after = await scene.sendUntil(world, packet, (state) => entered(state) > seen);
          const [first, then] = [before, after];
          before = after;
          // Something else came along: what counted what can't be told.
          if (entered(then) !== seen + 1) continue;
          if (left(then) > left(first)) {
            tally.passed++;
            continue;
          }
          const truth = truthOf(first, then);
          if (!truth || truth.keys.length === 0) throw new Error("a drop that nothing counted");
          tally.dropped++;
          const events = eventsOf(packet, truth.hook, then.netns);
          for (const plain of [false, true]) {
            const found = caseFor({
              events,
              before: plain ? uncounted(first) : first,
              after: plain ? uncounted(then) : then,
            });
            const { suspects, named } = findingOf(found);
            if (named) tally[plain ? "namedUncounted" : "named"]++;
            const right = named === null || truth.keys.includes(keyOf(named));
            const kept = suspects.some((suspect) => truth.keys.includes(keyOf(suspect)));
            if (right && kept) continue;
            wrong.push(
              `program ${i} ${kinds} packet ${JSON.stringify(packet)} counters ${!plain}: ` +
                `said ${named && keyOf(named)}, was ${truth.keys} at ${truth.hook}, ` +
                `suspects ${suspects.map(keyOf)}`,
            );
          }
        }
      }
      console.log(`seed ${SEED}: ${JSON.stringify(tally)}`);
      deepEqual(wrong, []);
      ok(tally.dropped > 30 && tally.passed > 10 && tally.named > tally.dropped / 2);
    } finally {
      await topology.down();
    }
  },
});
