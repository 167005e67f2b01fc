import { equal } from "node:assert/strict";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { isBehind } from "./deaths.ts";
import type { Place } from "./places.ts";

const node = { name: "a" } as NodeView;
const at = (netns: number) => ({ node, netns }) as Place;

Deno.test("[O24] what dies after a place did not die before it", () => {
  const died = (netns: number, reason?: string) =>
    isBehind({ node, netns, reason } as Sighting, at(1), [at(2), at(1), at(3)]);
  equal(died(1), false);
  // By a way that nothing was counted on.
  equal(died(9), false);
  equal(died(2), true);
  equal(died(3), true);
  // In the queue before it is received.
  equal(died(2, "CPU_BACKLOG"), false);
});
