import { equal, notEqual, ok } from "node:assert/strict";
import { ask, noted, Questions, read, Source } from "./asked.ts";
import { grown, indexed } from "./indexed.ts";

const byName = () => indexed(({ name }: { name: string }) => name, () => 0);

Deno.test("[D5] an index forgets what was asked by those that are gone, where nothing ever came", () => {
  const find = byName();
  const items: { name: string }[] = [];
  const gone = find.sourceOf(items, "gone");
  const asking = new Questions();
  const still = noted(asking, () => {
    const source = find.sourceOf(items, "still");
    read(source);
    return source;
  });
  for (let i = 0; i < 2_000; i++) {
    const flow = new Questions();
    noted(flow, () => read(find.sourceOf(items, `flow ${i}`)));
    flow.end();
  }
  equal(find.sourceOf(items, "gone"), gone, "while questions are asked nothing is forgotten");
  grown(items, []);
  notEqual(find.sourceOf(items, "gone"), gone);
  equal(find.sourceOf(items, "still"), still);
  const came = { name: "still" };
  items.push(came);
  grown(items, [came]);
  ok(!asking.hold());
});

Deno.test("[D5] a source that never changes forgets questions of those that are gone", () => {
  const source = new Source();
  const asking = new Questions();
  let answer = 1;
  noted(asking, () => ask(source, "still", () => answer));
  for (let i = 0; i < 1_000; i++) {
    const flow = new Questions();
    noted(flow, () => ask(source, `flow ${i}`, () => i));
    flow.end();
  }
  ok([...Array(1_000).keys()].filter((i) => source.question(`flow ${i}`)).length < 200);
  ok(source.question("still"));
  answer = 2;
  source.changed();
  ok(!asking.hold());
});
