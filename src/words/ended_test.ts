import { equal } from "node:assert/strict";
import type { ReportNode } from "../event/report.ts";
import { endedWords } from "./ended.ts";

const node = (endedAt?: string): ReportNode => ({
  ...{ name: "n1", kernel: "6.12", bpftrace: "0.23.2", netns: [], scripts: [] },
  ...{ events: 0, lost: 0, clock: null },
  ...(endedAt === undefined ? {} : { endedAt }),
});

Deno.test("the end of a probe is told where another goes on, and not where all have ended", () => {
  const [ended, goes] = [node("2026-11-26T19:04:35.120Z"), node()];
  equal(endedWords(ended, [ended, goes]), ", its probe ended 19:04:35.120");
  equal(endedWords(goes, [ended, goes]), "");
  equal(endedWords(ended, [ended, ended]), "");
  const soon = { ...ended, endedAt: "2026-11-26T19:04:40.000Z" } as typeof ended;
  const late = { ...ended, endedAt: "2026-11-26T19:06:40.000Z" } as typeof ended;
  equal(endedWords(ended, [ended, soon]), "");
  equal(endedWords(ended, [ended, late]), ", its probe ended 19:04:35.120");
  equal(endedWords(late, [ended, late]), "");
});
