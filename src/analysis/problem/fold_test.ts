import { equal, notEqual } from "node:assert/strict";
import type { CauseCode } from "../../event/codes.ts";
import type { NodeView } from "../view/timeline.ts";
import { keyOf } from "./fold.ts";
import type { Trouble } from "./trouble.ts";

const node = (name: string) =>
  ({ name, states: new Map(), header: { netns: [] } }) as unknown as NodeView;

/** A question for one end that died at this router. */
const diedAt = (name: string, code: CauseCode): Trouble =>
  ({
    ...{ protocol: "tcp", client: "10.0.0.1", to: { address: "10.0.9.1", port: 80 } },
    ...{ direction: "question", outcome: "dropped", place: { node: node(name), netns: 1 } },
    cause: { code, confidence: "proven", sentence: "", evidence: [] },
  }) as unknown as Trouble;

Deno.test("[P2] a circle is one problem at whichever router the TTL runs out", () => {
  equal(keyOf(diedAt("r1", "routing-loop")), keyOf(diedAt("r2", "routing-loop")));
  notEqual(keyOf(diedAt("r1", "no-route")), keyOf(diedAt("r2", "no-route")));
});
