import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Report } from "../../event/report.ts";
import type { ReceivedLiveEvent } from "../../ingest/mod.ts";
import { frame } from "./frame.ts";
import { keysIn, typed } from "./keys.ts";
import { begin, pressed, type Shown, withReport } from "./list.ts";
import { jsonView, plainView } from "./plain_view.ts";
import { taken } from "./terminal_view.ts";

async function fixture(name: string): Promise<Report> {
  const file = new URL(`../render/fixture/${name}.json`, import.meta.url);
  return Report.parse(JSON.parse(await Deno.readTextFile(file)));
}

const report = await fixture("i4");
const changes = await fixture("changes");
const mixed = await fixture("mixed");
const plain = { width: 80, colour: false };
const live = (event: string, data: unknown, of = report) =>
  ({ kind: "live", live: { event, data, cursor: "c" } as ReceivedLiveEvent, report: of }) as const;

function views() {
  const out: string[] = [];
  const notes: string[] = [];
  const line = (text: string) => void out.push(text);
  const note = (text: string) => void notes.push(text);
  return { out, notes, plain: plainView(line, note, plain), json: jsonView(line, note) };
}

Deno.test("plainView prints a row when it is new or its state changes, in one line", () => {
  const { out, notes, plain } = views();
  plain.show(live("report", changes, changes));
  equal(out.length, 2);
  match(
    out[0]!,
    /^✓ healed 22:13:22\.500 {2}dropped, netfilter-drop: 6 UDP exchanges .* at .* failed /,
  );
  match(out[1]!, /^✓ answered {2}6 UDP flows|^✓ answered/);
  plain.show(live("summary", {}, changes));
  equal(out.length, 2);
  const again = { ...changes, problems: [{ ...changes.problems[0]!, state: "active" as const }] };
  plain.show(live("summary", {}, again));
  match(out.at(-1)!, /^✕ dropped, netfilter-drop: 6 UDP exchanges .* failing since/);
  plain.show({ kind: "away", why: "the connection ended" });
  plain.show({ kind: "back" });
  plain.show(live("end", { reason: "closed" }, again));
  deepEqual(notes, ["the connection ended; trying again…", "connected again", "incident closed"]);
  equal(out.length, 3);
});

Deno.test("plainView tells at the end of what grew, and where it is kept", () => {
  const { out, notes, plain } = views();
  plain.show(live("report", changes, changes));
  const grown = { ...changes, problems: [{ ...changes.problems[0]!, flows: 9 }] };
  plain.show(live("summary", {}, grown));
  equal(out.length, 2);
  plain.show(live("end", { reason: "closed", archive: "/kept/i\x1b.gz" }, grown));
  match(out.at(-1)!, /9 UDP exchanges/);
  deepEqual([out.length, notes], [3, ["incident closed, kept in /kept/i⟨U+001B⟩.gz"]]);
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

const SCREEN = { columns: 80, rows: 24 };
const shownOf = (of: Report) => withReport(begin("i"), of);
const press = (shown: Shown, ...keys: string[]) =>
  keys.reduce((before, key) => pressed(before, key, 10)!, shown);
const textOf = (shown: Shown, screen = SCREEN) => frame(shown, screen, plain).lines;
const chosenLine = (shown: Shown, screen: typeof SCREEN) =>
  textOf(shown, screen).findIndex((line) => line.startsWith("▸ "));

Deno.test("frame fills the screen exactly, at any size, in the list and in a detail", () => {
  for (
    const screen of [SCREEN, { columns: 40, rows: 2 }, { columns: 20, rows: 1 }, {
      columns: 250,
      rows: 60,
    }]
  ) {
    for (const keys of [[], ["G"], ["\r"], ["\r", "G"], ["/", "x"]]) {
      const lines = textOf(press(shownOf(mixed), ...keys), screen);
      equal(lines.length, Math.max(2, screen.rows));
    }
  }
});

Deno.test("the list shows problems first, and each row whole at any width", () => {
  const text = (columns: number) => textOf(shownOf(changes), { columns, rows: 40 });
  const [problem, well] = [/healed .* dropped, netfilter-drop/, /✓ answered/]
    .map((wanted) => text(120).findIndex((line) => wanted.test(line) && !line.startsWith("spec")));
  ok(0 < problem! && problem! < well!, text(120).join("\n"));
  for (const columns of [40, 80, 120, 200]) {
    const lines = text(columns);
    ok(lines.every((line) => [...line].length <= columns));
    match(
      lines.join(" ").replaceAll(/\s+/g, " "),
      /6 UDP exchanges from 10\.1\.0\.9 to 10\.2\.0\.5:99/,
    );
  }
});

Deno.test("what is chosen stays chosen and where it is on the screen when rows come above it", () => {
  const few = { ...mixed, problems: [] as Report["problems"] };
  let shown = press(shownOf(few), "j");
  const { selected } = shown;
  // Where everything fits on the screen, everything is shown.
  const small = { columns: 80, rows: 9 };
  shown = frame(shown, small, plain).shown;
  const line = chosenLine(shown, small);
  const problem = { ...changes.problems[0]!, lastHop: mixed.flows[0]!.lastHop };
  const more = [1, 2, 3, 4, 5].map((i) => ({ ...problem, id: `new ${i}` }));
  shown = withReport(shown, { ...few, problems: more });
  deepEqual([shown.selected, shown.at], [selected, 6]);
  equal(chosenLine(shown, small), line);
});

Deno.test("until something is chosen by hand the worst row is, and a row that goes leaves its place", () => {
  const { selected } = shownOf(changes);
  equal(selected, `problem ${changes.problems[0]!.id}`);
  const later = withReport(shownOf({ ...changes, problems: [] }), changes);
  equal(later.selected, selected);
  const last = press(shownOf(changes), "G");
  equal(last.at, 1);
  const gone = withReport(last, { ...changes, flows: [], exchanges: [] });
  deepEqual([gone.at, gone.selected], [0, selected]);
  equal(withReport(gone, { ...changes, problems: [], flows: [], exchanges: [] }).selected, null);
});

Deno.test("Enter opens a row, its detail has the path and what changed, Esc goes back to it", () => {
  const opened = press(shownOf(changes), "\r");
  const text = textOf(opened, { columns: 100, rows: 60 }).join("\n");
  match(text, /began 20\.1 ms after rule iptables/);
  match(text, /all 6 of them/);
  match(text, /arrows scroll, Esc goes back, q quits$/);
  const moved = press(opened, "j", "j");
  equal(moved.detailTop, 2);
  const back = press(moved, "\x1b");
  deepEqual([back.open, back.selected], [null, opened.selected]);
  equal(pressed(back, "q", 10), null);
  const gone = withReport(opened, { ...changes, problems: [] });
  match(textOf(gone)[0]!, /part of another row now/);
});

Deno.test("a filter is typed, its fault is told while it is, and what it leaves is listed", () => {
  const typing = press(shownOf(changes), "/", ..."porte 99");
  match(textOf(typing).join("\n"), /\/porte 99_\n.*Cannot read filter/s);
  ok(!textOf(typing).join("\n").includes("U+000A"));
  const stuck = press(typing, "\r");
  ok(stuck.prompt !== null);
  equal(press(typing, "\x1b").prompt, null);
  const filtered = press(shownOf(changes), "/", ..."port 98x", "\x7f", "\r");
  equal(filtered.rows.length, 0);
  match(textOf(filtered).join("\n"), /none of 18 flows fits port 98/);
  const by = press(filtered, "/", "\x15", ..."outcome dropped", "\r");
  equal(by.rows.length, 1);
  match(textOf(by).at(-1)!, /^live, filter outcome dropped, 1 of 1 row, Enter opens/);
  const all = press(by, "/", "\x15", "\r");
  equal(all.rows.length, 2);
});

Deno.test("Tab completes a filter with what was seen", () => {
  const shown = press(shownOf(changes), "/", ..."cause net", "\t");
  equal(shown.prompt?.text, "cause netfilter-drop ");
});

Deno.test("the status says what is wrong with the connection instead of live", () => {
  const status = (more: Partial<Shown>) => textOf({ ...shownOf(changes), ...more }).at(-1)!;
  equal(status({ trouble: "away; trying again…" }), "away; trying again…, q quits");
  match(status({ ended: "closed" }), /^closed, 1 of 2 rows, /);
  match(textOf(begin("i"))[0]!, /^waiting for incident i/);
});

Deno.test("a change of many flows is drawn once, when it is told whole", () => {
  const before = shownOf(changes);
  equal(taken(before, live("flow", { flow: changes.flows[0] }, changes)), before);
  ok(taken(before, live("summary", {}, changes)) !== before);
  match(taken(before, live("end", { reason: "closed" }, changes)).ended!, /closed/);
  match(taken(before, { kind: "away", why: "gone" }).trouble!, /gone; trying again/);
});

Deno.test("keysIn reads several keys at once, typed leaves out what is no text", () => {
  deepEqual(keysIn("j\x1b[A\x1b[6~xq"), ["j", "\x1b[A", "\x1b[6~", "x", "q"]);
  deepEqual(keysIn("\x1b"), ["\x1b"]);
  equal(typed("a", "ä")?.text, "aä");
  equal(typed("a", "\x1b[A")?.text, "a");
  equal(typed("aä", "\x7f")?.text, "a");
  equal(typed("a", "\x1b"), null);
});
