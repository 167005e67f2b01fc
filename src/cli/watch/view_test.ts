import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Report } from "../../event/report.ts";
import type { ReceivedLiveEvent } from "../../ingest/mod.ts";
import { frame, type Shown } from "./frame.ts";
import { keysIn } from "./keys.ts";
import { jsonView, plainView } from "./plain_view.ts";
import { scrolled } from "./terminal_view.ts";

const fixture = new URL("../render/fixture/i4.json", import.meta.url);
const report = Report.parse(JSON.parse(await Deno.readTextFile(fixture)));
const plain = { width: 80, colour: false };
const live = (event: string, data: unknown) =>
  ({ kind: "live", live: { event, data, cursor: "c" } as ReceivedLiveEvent, report }) as const;

function views() {
  const out: string[] = [];
  const notes: string[] = [];
  const line = (text: string) => void out.push(text);
  const note = (text: string) => void notes.push(text);
  return { out, notes, plain: plainView(line, note, plain), json: jsonView(line, note) };
}

Deno.test("plainView prints a flow when it is new or changed, in one line", () => {
  const { out, notes, plain } = views();
  plain.show(live("report", report));
  plain.show(live("flow", { flow: report.flows[0] }));
  equal(out.length, report.flows.length);
  match(
    out[0]!,
    /^✕ dropped {2}icmp .* at ucni88bdbf34ff6 in lh-i4-node1 on node1: ip-forwarding-/,
  );
  const more = { ...report.flows[0]!.packets, seen: 6, dropped: 6 };
  plain.show(live("flow", { flow: { ...report.flows[0]!, packets: more } }));
  match(out.at(-1)!, /all 6 packets/);
  plain.show({ kind: "away", why: "the connection ended" });
  plain.show({ kind: "back" });
  plain.show(live("end", { reason: "closed" }));
  deepEqual(notes, ["the connection ended; trying again…", "connected again", "incident closed"]);
});

Deno.test("jsonView prints each live event as the stream has it, and nothing else", () => {
  const { out, notes, json } = views();
  json.show(live("flow", { flow: report.flows[1] }));
  json.show({ kind: "back" });
  deepEqual(out.map((text) => JSON.parse(text)), [{
    event: "flow",
    data: { flow: report.flows[1] },
  }]);
  equal(notes.length, 1);
});

const shown = (more: Partial<Shown> = {}): Shown => ({
  incident: "i",
  report,
  ended: null,
  top: 0,
  ...more,
});

Deno.test("frame fills the screen exactly, at any size and any place", () => {
  for (
    const screen of [{ columns: 80, rows: 24 }, { columns: 40, rows: 2 }, { columns: 20, rows: 1 }]
  ) {
    for (const top of [0, 5, Number.MAX_SAFE_INTEGER]) {
      const { lines } = frame(shown({ top }), screen, plain);
      equal(lines.length, Math.max(2, screen.rows));
    }
  }
  const { lines, top } = frame(shown({ top: 9_999 }), { columns: 80, rows: 24 }, plain);
  match(lines.at(-1)!, /^live, lines (\d+) to (\d+) of \2, arrows scroll, q quits$/);
  ok(top > 0 && top < 9_999);
});

Deno.test("frame says what is wrong with the connection instead of live", () => {
  const status = (more: Partial<Shown>) =>
    frame(shown(more), { columns: 80, rows: 200 }, plain).lines.at(-1)!;
  equal(status({ trouble: "away; trying again…" }), "away; trying again…, q quits");
  equal(status({ ended: "closed" }), "closed, q quits");
  match(frame(shown({ report: null }), { columns: 80, rows: 4 }, plain).lines[0]!, /^waiting for/);
});

Deno.test("keysIn reads several keys at once and leaves out what means nothing", () => {
  deepEqual(keysIn("j\x1b[A\x1b[6~xq"), ["down", "up", "page-down", "quit"]);
  deepEqual(keysIn("\x1b[99~ä"), []);
  deepEqual(["up", "down", "home"].map((key) => scrolled(0, key as "up", 10)), [0, 1, 0]);
});
