import { deepEqual, equal } from "node:assert/strict";
import type { Change } from "../event/report.ts";
import { changeText, nearLines } from "./change.ts";

const PLAIN = { text: (text: string) => text };
const CHANGE: Change = {
  id: "c1",
  node: "n3",
  netns: "pod",
  part: "netfilter-rule",
  action: "added",
  what: "ip t forward: tcp dport 80 drop",
  count: 1,
  after: "2026-11-26T20:01:03.000Z",
  by: "2026-11-26T20:01:03.500Z",
  heard: true,
};
const time = (text: string) => text.slice(11, 19);

Deno.test("a change is a sentence", () => {
  equal(changeText(CHANGE, PLAIN), "rule ip t forward: tcp dport 80 drop was added");
  const forward = { part: "sysctl", action: "changed", what: "net.ipv4.ip_forward" } as const;
  equal(
    changeText({ ...CHANGE, ...forward, was: "1", now: "0" }, PLAIN),
    "setting net.ipv4.ip_forward was changed from 1 to 0",
  );
  const many = { part: "route", action: "removed", what: "10.0.0.0/8 dev a", count: 7 } as const;
  equal(
    changeText({ ...CHANGE, ...many }, PLAIN),
    "7 routes were removed, one of them 10.0.0.0/8 dev a",
  );
});

Deno.test("a problem says what changed when it began, and when it was mended", () => {
  const problem = {
    began: [{ change: "c1", afterMs: 412.5 }, { change: "gone", afterMs: 1 }],
    mended: [{ change: "c2", afterMs: 0 }],
  };
  const read = { ...CHANGE, id: "c2", action: "removed", netns: "n3" } as const;
  const { heard: _heard, ...unheard } = { ...read, by: "2026-11-26T20:01:09.000Z" };
  deepEqual(nearLines(problem, [CHANGE, unheard], time, PLAIN), [
    "began 413 ms after rule ip t forward: tcp dport 80 drop was added in pod on n3",
    "got through again about when rule ip t forward: tcp dport 80 drop was removed on n3" +
    " (between 20:01:03 and 20:01:09)",
  ]);
});
