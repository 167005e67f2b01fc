import { deepEqual, equal, match } from "node:assert/strict";
import { Report } from "../../event/report.ts";
import { rowsOf } from "./rows.ts";
import { Succession } from "./succession.ts";
import { createPrinter } from "../capture/live_paths.ts";

const file = new URL("./fixture/changes.json", import.meta.url);
const half = Report.parse(JSON.parse(await Deno.readTextFile(file)));
const [problem] = half.problems;
const SERVICE = "10.96.0.20";

/** The same flows as a node tells them that saw where the client sent them, to a service. */
const whole: Report = {
  ...half,
  exchanges: [],
  problems: [{ ...problem!, id: "p2", to: { ...problem!.to, address: SERVICE } }],
  flows: half.flows.map((flow) => ({
    ...flow,
    destination: SERVICE,
    translated: {
      source: flow.source,
      sourcePort: flow.sourcePort,
      destination: flow.destination,
      destinationPort: flow.destinationPort,
    },
    id: `${flow.id} to the service`,
    problems: ["p2"],
  })),
};
const PLAIN = { width: 100, colour: false };

Deno.test("a problem that is told anew says which one it takes the place of", () => {
  const out: string[] = [];
  const printer = createPrinter((text) => void out.push(text), () => PLAIN);
  printer.tell({ report: { ...half, exchanges: [] } });
  const before = out.length;
  printer.tell({ report: whole });
  const told = out.slice(before).find((text) => text.includes(SERVICE))!;
  match(
    told.replaceAll(/\s+/g, " "),
    /^ ?told anew, with what came since, instead of: ✓ healed .*netfilter-drop/,
  );
  const again = out.length;
  printer.tell({ report: whole });
  equal(out.length, again);
});

Deno.test("a problem of other flows, or beside the first, takes the place of none", () => {
  const others = {
    ...whole,
    flows: whole.flows.map((flow, i) => ({
      ...flow,
      sourcePort: 1_000 + i,
      translated: { ...flow.translated!, sourcePort: 1_000 + i },
    })),
  };
  for (const next of [others, { ...whole, problems: [...half.problems, ...whole.problems] }]) {
    const succession = new Succession();
    const ids = (report: Report) => new Set(rowsOf(report).map(({ id }) => id));
    const printed = [half, next].flatMap((report) =>
      rowsOf(report).filter(({ state }) => state !== "").map((row) =>
        succession.print(row, ids(report), PLAIN)
      )
    );
    deepEqual(printed.filter((head) => head !== null), []);
  }
});
