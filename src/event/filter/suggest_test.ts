import { deepEqual, equal, ok } from "node:assert/strict";
import { parseReportFilter, suggestions, type Words } from "./mod.ts";

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
