/** Who refused a packet, on each bpftrace. */
import { deepStrictEqual as same } from "node:assert";
import { canPlay, eachPlayed } from "../../../test/fake/players.ts";
import type { Event } from "../../event/event.ts";

/** Of each packet that died, by its skb: who refused it, with table and chain. */
const TOLD = [
  "10 ipt_do_table ip filter INPUT",
  "11 ipt_do_table ip filter INPUT",
  ...["12", "14", "10"],
  "20 ip6t_do_table ip6 raw OUTPUT",
  "30 nft_do_chain inet shop fw",
  "40 nf_conntrack_in",
  ...["41 __nf_conntrack_confirm", "42"],
  ...["50 tcf_classify", "51"],
];

const wordsOf = ({ skb, refusedBy, ruleFamily, ruleTable, ruleChain }: Event) =>
  [skb, refusedBy, ruleFamily, ruleTable, ruleChain].filter((each) => each !== undefined).join(" ");

Deno.test({
  name: "[R150] [R151] [R152] [R153] what refuses a packet is told of that packet alone",
  ignore: !canPlay,
  fn: (t) =>
    eachPlayed(
      (name) => name.startsWith("refused_"),
      (version, events) =>
        t.step(`bpftrace ${version}`, async () => same((await events()).map(wordsOf), TOLD)),
    ),
});
