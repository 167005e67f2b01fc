import { equal } from "node:assert/strict";
import { parseNamedFilter } from "../../event/filter/mod.ts";
import { withNetns } from "./namespace_words.ts";

const NAMES = new Set(["podns", "web-1", "tcp", "80", "pod", "node", "netns"]);

const read = (filter: string) => withNetns(filter, () => NAMES);

Deno.test("a namespace's name is a term by itself, wherever a term may stand", () => {
  const asked: Record<string, string> = {
    "podns": "netns podns",
    "not (podns or web-1) and tcp": "not (netns podns or netns web-1) and tcp",
    "src podns and port 80": "src netns podns and port 80",
    "netns podns or web-1": "netns podns or netns web-1",
    "netns/podns and web-1": "netns/podns and netns web-1",
  };
  for (const [filter, is] of Object.entries(asked)) {
    equal(read(filter), is);
    parseNamedFilter(is);
  }
});

Deno.test("what a filter can be read as stays so, and a mistyped word is left to its reader", () => {
  const kept = [
    "",
    "tcp",
    "tcp port 80",
    "host 10.0.0.1 or 80",
    "pdons",
    "pod",
    "pod podns",
    "node",
  ];
  for (const filter of kept) equal(read(filter), filter);
});
