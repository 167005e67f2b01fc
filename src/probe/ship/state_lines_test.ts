import { deepEqual, equal, ok } from "node:assert/strict";
import { emptyState, type NetnsState } from "../../event/state.ts";
import { wholeOf } from "../../event/state_difference.ts";
import { StateLines } from "./state_lines.ts";

const SECOND_NS = 1_000_000_000;

/** A state of so many neighbours, of which this one, and those before it, are lost. */
function reading(seconds: number, lost = -1, size = 100): NetnsState {
  const neighbours = Array.from({ length: size }, (_, n) => ({
    ...{ address: `10.0.0.${n}`, device: "eth0", states: [n <= lost ? "FAILED" : "REACHABLE"] },
  }));
  return emptyState(7, String(seconds * SECOND_NS), { neighbours });
}

function lines(): StateLines {
  const made = new StateLines();
  made.tellsDifferences = true;
  return made;
}

const kindOf = (line: string) => (JSON.parse(line) as NetnsState).kind;

Deno.test("[D12] state lines: the first is whole, and what is told after it is what changed", () => {
  const states = [reading(1), reading(2, 0), reading(3, 1)];
  const made = lines();
  const [first, ...others] = states.map((state) => made.lineOf(state));
  deepEqual(JSON.parse(first!), states[0]);
  for (const [i, line] of others.entries()) {
    ok(line.length < first!.length / 5, `${line.length} of ${first!.length} characters`);
    deepEqual(wholeOf(JSON.parse(line), states[0]!), states[i + 1]);
  }
});

Deno.test("state lines: who does not understand differences is told all, from the moment it says so", () => {
  const made = new StateLines();
  equal(kindOf(made.lineOf(reading(1))), "state");
  equal(kindOf(made.lineOf(reading(2))), "state");
  made.tellsDifferences = true;
  equal(kindOf(made.lineOf(reading(3))), "state");
  equal(kindOf(made.lineOf(reading(4))), "state-difference");
  made.tellsDifferences = false;
  equal(kindOf(made.lineOf(reading(5))), "state");
});

Deno.test("state lines: a state is told whole again each minute, and when much of it is other", () => {
  const made = lines();
  const told = (state: NetnsState) => kindOf(made.lineOf(state));
  deepEqual([1, 60, 61].map((s) => told(reading(s))), ["state", "state-difference", "state"]);
  equal(told(reading(62, 80)), "state");
  // It differs from the last one that was told whole.
  equal(told(reading(63, 80)), "state-difference");
  equal(told(reading(63, 80)), "state-difference");
  // Of the same moment as what it would differ from, and of one before it.
  equal(told(reading(62, 80)), "state");
});

Deno.test("state lines: differences together are no longer than what they differ from", () => {
  const made = lines();
  let chars = made.lineOf(reading(1)).length;
  for (let i = 0; i < 50; i++) {
    const line = made.lineOf(reading(2 + i / 10, 20));
    if (kindOf(line) === "state") return ok(chars >= 0);
    chars -= line.length;
  }
  ok(false, "none of 50 was told whole");
});

Deno.test("state lines: small states, and the end of a namespace, are told as they are", () => {
  const made = lines();
  const told = (state: NetnsState) => kindOf(made.lineOf(state));
  deepEqual([1, 2].map((s) => told(reading(s, -1, 10))), ["state", "state"]);
  deepEqual([told(reading(3)), told({ ...reading(4), ended: true })], ["state", "state"]);
});
