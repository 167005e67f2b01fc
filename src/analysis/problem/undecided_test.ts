import assert from "node:assert/strict";
import type { NodeView } from "../view/timeline.ts";
import type { Asked } from "./asked.ts";
import { type Hearing, Undecided } from "./undecided.ts";

const [here, there] = [{ name: "here" }, { name: "there" }] as NodeView[];

/** A question of one packet, which was seen at these places at these moments. */
const seenAt = (...seen: [NodeView, number, number][]): Asked => ({
  question: [{
    chains: seen.map(([node, netns, at]) => ({ node, events: [{ node, netns, at }] })),
  }],
} as unknown as Asked);

function listener(): Hearing & { told: Asked[] } {
  const told: Asked[] = [];
  return { told, heard: (asked) => void told.push(asked) };
}

Deno.test("[P4] of an exchange that nobody knows the fate of hears who listens where it was seen", () => {
  const undecided = new Undecided();
  const before = seenAt([here!, 1, 10]);
  undecided.add(before);
  const [one, other] = [listener(), listener()];
  const atOne = undecided.listen({ node: here!, netns: 1 }, one);
  const atOther = undecided.listen({ node: there!, netns: 1 }, other);
  const both = seenAt([here!, 1, 20], [here!, 2, 30], [there!, 1, 5]);
  undecided.add(both);
  assert.deepEqual([...atOne.seen], [[before, 10], [both, 20]]);
  assert.deepEqual([...atOther.seen], [[both, 5]]);
  undecided.add(seenAt([here!, 2, 40]));
  undecided.delete(before);
  assert.deepEqual([one.told, other.told], [[both, before], [both]]);
  assert.equal(undecided.size, 2);
});

Deno.test("[P4] a place that nobody listens at any more is forgotten, and known again to who comes", () => {
  const undecided = new Undecided();
  const one = listener();
  const atOne = undecided.listen({ node: here!, netns: 1 }, one);
  const asked = seenAt([here!, 1, 10]);
  undecided.add(asked);
  undecided.leave(atOne, one);
  undecided.delete(asked);
  undecided.add(asked);
  assert.deepEqual(one.told, [asked]);
  const again = undecided.listen({ node: here!, netns: 1 }, one);
  assert.deepEqual([...again.seen], [[asked, 10]]);
});
