import { deepEqual, equal, ok } from "node:assert/strict";
import { emptyState } from "../../event/state.ts";
import { Base } from "../../event/state_difference.ts";
import type { Batch } from "./input.ts";
import { isIncomplete } from "./state_view.ts";
import { ToldStates } from "./told_states.ts";

const rules = [{ family: 4 as const, priority: 0, action: "lookup", table: 255 }];
const whole = emptyState(7, "1", { rules });
const later = emptyState(7, "2", { rules, name: "blue" });
const difference = new Base(whole).difference(later);

const batch = (states: Batch["states"], probe = "p"): Batch =>
  ({ header: { probe }, events: [], states, refused: 0 }) as unknown as Batch;

Deno.test("[D12] a difference is the whole state, also when both come together in any order", () => {
  deepEqual(new ToldStates().take([batch([difference]), batch([whole])]), [later, whole]);
  const told = new ToldStates();
  deepEqual(told.take([batch([whole])]), [whole]);
  deepEqual(told.take([batch([difference])]), [later]);
});

Deno.test("[D12] without the state that it differs from, nothing of it was read", () => {
  const [state] = new ToldStates().take([batch([difference])])!;
  deepEqual([state!.timeNs, state!.name, state!.rules], ["2", "blue", []]);
  for (const part of ["state", "links", "rules", "netfilter", "neighbours", "fdb"] as const) {
    ok(isIncomplete(state!, [part]), part);
  }
  // Another probe's state of the same moment is another one.
  const [other] = new ToldStates().take([batch([difference]), batch([whole], "q")])!;
  ok(isIncomplete(other!, ["rules"]));
});

Deno.test("[D12] when what others differ from comes after them, all is to be told anew", () => {
  const told = new ToldStates();
  told.take([batch([difference])]);
  equal(told.take([batch([emptyState(7, "3")])])?.length, 1);
  equal(told.take([batch([whole])]), null);
});
