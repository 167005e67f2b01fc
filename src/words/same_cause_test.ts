/** Which problems are told together. */
import { deepEqual, equal } from "node:assert/strict";
import type { Problem } from "../event/report.ts";
import { bySameCause, othersText } from "./same_cause.ts";
import { counting } from "./writing.ts";

type Other = Partial<Omit<Problem, "cause">> & { remedy?: string[]; read?: string[] };

function problem(address: string, { remedy = [], read = [], ...other }: Other = {}): Problem {
  const evidence = read.map((text) => ({ node: "n", kind: "state" as const, text }));
  return {
    ...{ id: address, state: "active", outcome: "dropped", direction: "question", protocol: "tcp" },
    ...{ flows: 3, clients: 1, from: ["10.0.0.1"], to: { address, port: 80 } },
    lastHop: { node: "n", netns: "pod", device: "eth0" },
    cause: { code: "netfilter-drop", confidence: "likely", sentence: address, evidence, remedy },
    ...other,
  } as unknown as Problem;
}

const ids = (problems: Problem[]) =>
  bySameCause(problems).map(({ first, others }) => [first, ...others].map(({ id }) => id));

Deno.test("ends that one command mends are told together, in the order of the report", () => {
  const rule = { remedy: ["nft delete rule 1"] };
  const all = [
    problem("a", rule),
    problem("b", { remedy: ["nft delete rule 2"] }),
    problem("c", rule),
  ];
  deepEqual(ids(all), [["a", "c"], ["b"]]);
});

Deno.test("a policy is the same one whatever is to be let through", () => {
  const read = ["chain forward policy drop"];
  deepEqual(
    ids([
      problem("a", { remedy: ["accept a"], read }),
      problem("b", { remedy: ["accept b"], read }),
    ]),
    [
      ["a", "b"],
    ],
  );
});

Deno.test("what has no route is told together for all addresses, and no other cause is", () => {
  const asked = (code: string) =>
    ["10.1.0.1", "10.2.0.1"].map((address) => {
      const one = problem(address, { read: [`no route in pod on n matches ${address}`] });
      return { ...one, cause: { ...one.cause!, code: code as "no-route" } };
    });
  deepEqual(ids(asked("no-route")), [["10.1.0.1", "10.2.0.1"]]);
  deepEqual(ids(asked("neighbour-unresolved")), [["10.1.0.1"], ["10.2.0.1"]]);
});

Deno.test("what has neither a remedy nor state in common stands alone", () => {
  deepEqual(ids([problem("a"), problem("b")]), [["a"], ["b"]]);
  deepEqual(
    ids([problem("a", { cause: undefined } as Other), problem("b", { cause: undefined } as Other)]),
    [
      ["a"],
      ["b"],
    ],
  );
});

Deno.test("another place, state or direction is another cause", () => {
  const rule = { remedy: ["nft delete rule 1"] };
  const elsewhere = { node: "m", netns: "pod", device: "eth0" } as Problem["lastHop"];
  const all = [
    problem("a", rule),
    problem("b", { ...rule, state: "healed" }),
    problem("c", { ...rule, direction: "answer" }),
    problem("d", { ...rule, lastHop: elsewhere }),
  ];
  equal(bySameCause(all).length, 4);
});

Deno.test("some of the other ends are named, and all are counted", () => {
  const rule = { remedy: ["nft delete rule 1"] };
  const all = ["a", "b", "c", "d", "e", "f", "g"].map((end) => problem(end, rule));
  const writing = { text: (text: string) => text, arrow: ">" };
  equal(
    othersText(bySameCause(all)[0]!, counting(","), writing),
    "the same towards 6 more: b:80, c:80, d:80, e:80 and 2 others (18 TCP connections)",
  );
  equal(othersText(bySameCause(all.slice(0, 1))[0]!, counting(","), writing), "");
});
