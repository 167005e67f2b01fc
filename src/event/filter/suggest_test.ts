import { deepEqual, equal, ok } from "node:assert/strict";
import type { Flow } from "../report.ts";
import { parseReportFilter, suggestions, type Words, wordsOf } from "./mod.ts";

const WORDS: Words = new Map([
  ["node", ["worker-1", "worker-2"]],
  ["netns", ["host", "pod ns"]],
  ["device", ["eth0", "or"]],
  ["cause", ["netfilter-drop"]],
  ["outcome", ["dropped", "answered"]],
  ["host", ["10.0.0.1", "10.0.0.80"]],
  ["port", ["80", "443"]],
  ["protocol", ["tcp"]],
]);

const offered = (text: string) => suggestions(text, text.length, WORDS).map((one) => one.text);

Deno.test("what was seen is suggested for where the caret stands", () => {
  deepEqual(offered("outcome "), ["dropped", "answered"]);
  deepEqual(offered("outcome an"), ["answered"]);
  deepEqual(offered("netns "), ["host", '"pod ns"']);
  deepEqual(offered("device o"), ['"or"']);
  deepEqual(offered("src 10.0.0.8"), ["10.0.0.80"]);
  deepEqual(offered("work"), ["node worker-1", "node worker-2"]);
  deepEqual(offered("80")[0], "port 80");
  deepEqual(offered("tcp "), ["and", "or"]);
  deepEqual(offered("node worker-1 "), ["and", "or"]);
  deepEqual(offered("node worker-1 and drop"), ["outcome dropped", "cause netfilter-drop"]);
  equal(offered("")[0], "outcome dropped");
  deepEqual(offered("node nothing-like-it"), []);
});

Deno.test("a suggestion replaces the word at the caret, and what it makes can be read", () => {
  const text = "tcp and (wor or port 80)";
  const [first] = suggestions(text, 12, WORDS);
  ok(first);
  const whole = text.slice(0, first.from) + first.text + text.slice(first.to);
  equal(whole, "tcp and (node worker-1 or port 80)");
  parseReportFilter(whole);
  for (const { text } of suggestions("", 0, WORDS)) parseReportFilter(text);
});

Deno.test("words are those of the flows, often seen first, without names that show as another", () => {
  const hop = (device: string) => ({ node: "n1", netns: "host", device });
  const flow = (device: string, destinationPort: number) =>
    ({
      protocol: "tcp",
      source: "10.0.0.1",
      destination: "10.0.0.2",
      destinationPort,
      outcome: "dropped",
      path: [hop(device)],
      lastHop: hop(device),
    }) as unknown as Flow;
  const words = wordsOf([
    [flow("eth0", 443), undefined],
    [flow("eth1", 80), undefined],
    [flow("eth1", 80), undefined],
    [flow("e\u202eth2", 80), undefined],
  ]);
  deepEqual(words.get("port"), ["80", "443"]);
  deepEqual(words.get("device"), ["eth1", "eth0"]);
  deepEqual(words.get("outcome"), ["dropped"]);
  deepEqual(words.get("protocol"), ["tcp"]);
});
