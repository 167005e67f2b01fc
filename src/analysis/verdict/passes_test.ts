/** Revisions: which rule made each, on packets of the specs. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { inputOf } from "../../../test/spec/form/batches.ts";
import { parseSpec } from "../../../test/spec/form/spec.ts";
import { IncidentMemory } from "./incident.ts";
import { judge } from "./judge.ts";
import { type Judgement, revise } from "./judgement.ts";
import { FLOW_PASSES, PACKET_PASSES } from "./passes.ts";

const specs = new URL("../../../test/spec/", import.meta.url).pathname;

function judged(path: string) {
  const input = inputOf(parseSpec(Deno.readTextFileSync(specs + path), path));
  const { families, world } = new IncidentMemory().judge(input);
  const judgements = [...families].flatMap(({ judgements }) => judgements);
  return { judgements, world: world() };
}

/** `outcome as judged alone > outcome in the end: rules`, of every packet that was revised. */
function revisions(path: string): string[] {
  const { judgements, world } = judged(path);
  return judgements.filter(({ revisedBy }) => revisedBy.length > 0)
    .map(({ packet, outcome, revisedBy }) =>
      `${judge(packet, world).outcome} > ${outcome}: ${revisedBy.join(" ")}`
    );
}

Deno.test("[O14] [O13] [O15] [C7] [O10] a revision names the rule that made it", () => {
  deepEqual(revisions("outcome/fragment_missing.txt"), ["delivered > unknown: O14"]);
  deepEqual(revisions("outcome/watched_too_late.txt"), ["vanished > unknown: O13"]);
  deepEqual(revisions("outcome/translated_unseen.txt"), ["vanished > unknown: O15"]);
  deepEqual(revisions("identity/segmented.txt"), ["vanished > delivered: C7"]);
  deepEqual(revisions("outcome/answered_from_outside.txt"), ["unknown > delivered: O10"]);
});

Deno.test("what no pass revised is as it was judged alone, in every spec", () => {
  const rules = [...PACKET_PASSES, ...FLOW_PASSES].map(({ rule }) => rule);
  const met = new Set<string>();
  for (const folder of ["outcome", "identity", "flow", "hop", "clock"]) {
    for (const { name } of Deno.readDirSync(specs + folder)) {
      const { judgements, world } = judged(`${folder}/${name}`);
      for (const { packet, outcome, gap, revisedBy } of judgements) {
        for (const rule of revisedBy) {
          ok(rules.includes(rule), `${name}: ${rule}`);
          met.add(rule);
        }
        if (revisedBy.length > 0) continue;
        const alone = judge(packet, world);
        deepEqual({ outcome, gap }, { outcome: alone.outcome, gap: alone.gap }, name);
      }
    }
  }
  deepEqual([...met].sort(), [...rules].sort());
});

Deno.test("revise keeps the rules before it, and takes away a gap that is told no more", () => {
  const judgement = { outcome: "unknown", revisedBy: [] as const } as unknown as Judgement;
  const gap = { code: "events-lost", text: "n1 lost 2 events" } as const;
  revise(judgement, "O13", { outcome: "unknown", gap });
  deepEqual(judgement.gap, gap);
  revise(judgement, "O10", { outcome: "delivered" });
  equal("gap" in judgement, false);
  deepEqual(judgement.revisedBy, ["O13", "O10"]);
});
