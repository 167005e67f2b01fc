import { deepEqual } from "node:assert/strict";
import type { Report } from "../../event/report.ts";
import { Overview, overviewOf } from "./overview.ts";

Deno.test("problems are counted by state, and apart those of which nobody knows how it ended", () => {
  const problem = (state: string, severity = "major") => ({ state, severity });
  const report = {
    incident: "i",
    from: "2026-11-20T03:12:40.000Z",
    to: null,
    nodes: [{ name: "n1" }, { name: "n2" }],
    problems: [
      problem("active"),
      problem("active"),
      problem("healed"),
      problem("ended"),
      problem("active", "unknown"),
    ],
    exchanges: [{}],
    flows: [{}, {}],
  } as unknown as Report;
  deepEqual(Overview.parse(overviewOf(report)), {
    incident: "i",
    from: "2026-11-20T03:12:40.000Z",
    to: null,
    nodes: ["n1", "n2"],
    problems: { active: 2, ended: 1, healed: 1, unknown: 1 },
    exchanges: 1,
    flows: 2,
  });
});
