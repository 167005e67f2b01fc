/**
 * Every remedy of every spec and of every recorded archive, typed: a line is to be read, or shows
 * something, or changes something. What changes is done to the state as it was read, by the words that
 * are printed, and the same packets judged again: nothing is advised then any more.
 * `ARCHIVES=folder` asks the archives of that folder, too.
 */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { analyse, type AnalysisInput } from "../../src/analysis/mod.ts";
import { shows } from "../../src/analysis/rules/command.ts";
import type { Report } from "../../src/event/report.ts";
import { loadAll, type Recorded } from "../mutation/load.ts";
import { seedCount } from "../sim/seed_count.ts";
import { inputOf } from "../spec/form/batches.ts";
import { parseSpec } from "../spec/form/spec.ts";
import { specPaths } from "../spec/form/spec_paths.ts";
import { effectOf, typed } from "./typed.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const more = Deno.env.get("ARCHIVES");
/** Of `lasthop test --quick` each so many. */
const STEP = seedCount(1, 6);

async function recorded(): Promise<Recorded[]> {
  return [
    ...specPaths(root).filter((_, i) => i % STEP === 0).map((name) => ({
      name,
      input: inputOf(parseSpec(Deno.readTextFileSync(`${root}/${name}`), name)),
    })),
    ...await loadAll(`${root}/test/mutation/archives`),
    ...(more === undefined ? [] : await loadAll(more)),
  ];
}

/** Commands that change something, by the flow or exchange whose cause they are told of. */
function changingOf(report: Report): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const tell = (id: string, remedy: readonly string[] = []) => {
    const lines = remedy.filter((line) => !line.startsWith("#") && !shows(typed(line).words));
    if (lines.length > 0) found.set(id, [...found.get(id) ?? [], ...lines]);
  };
  for (const { id, cause, otherCauses = [] } of report.flows) {
    for (const each of [cause, ...otherCauses]) tell(`${id} ${each?.code}`, each?.remedy);
  }
  for (const { id, cause, findings = [] } of report.exchanges) {
    for (const each of [cause, ...findings]) tell(`exchange ${id} ${each?.code}`, each?.remedy);
  }
  return found;
}

/** A setting that no namespace has for itself: each of them shows the machine's. */
const isOfTheMachine = ({ words }: ReturnType<typeof typed>): boolean =>
  words[0] === "sysctl" && words[2]!.includes("nf_conntrack_max");

/** What the commands make of the state of every namespace they can be meant for. */
function after(input: AnalysisInput, lines: readonly string[]): AnalysisInput {
  const batches = input.batches.map((batch) => ({
    ...batch,
    states: batch.states.map((state) =>
      lines.map(typed).filter((line) => line.netns === state.name || isOfTheMachine(line))
        .reduce((now, line) => effectOf(line)!(now), state)
    ),
  }));
  return { ...input, batches };
}

/** Program and verbs, without names. */
const kindOf = (line: string): string => {
  const { words } = typed(line);
  if (words[0] === "sysctl") return `sysctl ${words[2]!.split(/[./=]/).at(-2)}`;
  return words.filter((word) => /^-{0,2}[a-z][\w-]*$/i.test(word)).slice(0, 4)
    .filter((word, i) => i < 3 || /^(up|mtu|address|master|type)$/.test(word)).join(" ");
};

/** Of a rule of nft the text alone is known, which is not evaluated; the labs of `test/cases` type it. */
const isByText = (line: string) => typed(line).words.slice(0, 3).join(" ") === "nft insert rule";

/** That an entry was there, its packets show as well: lists need not have it. */
const isBySight = (line: string) => typed(line).words[0] === "conntrack";

/** What is wrong with these lines, which are typed for those that were told. */
function complaintsOf(
  input: AnalysisInput,
  id: string,
  told: readonly string[],
  lines = told,
): string[] {
  const unknown = lines.filter((line) => effectOf(typed(line)) === null);
  if (unknown.length > 0) return unknown.map((line) => `not known here: ${line}`);
  const statesAfter = (count: number) =>
    JSON.stringify(after(input, lines.slice(0, count)).batches.map(({ states }) => states));
  const idle = lines.filter((_, i) => statesAfter(i) === statesAfter(i + 1));
  const again = changingOf(analyse(after(input, lines))).get(id) ?? [];
  return [
    ...idle.filter((line) => !isBySight(line)).map((line) => `does nothing: ${line}`),
    ...again.filter((line) => told.includes(line) && !isByText(line) && !isBySight(line))
      .map((line) => `told again: ${line}`),
  ];
}

Deno.test("what changes something is known here, and what it was told for is right after it", async () => {
  const kinds = new Set<string>();
  const wrong: string[] = [];
  for (const { name, input } of await recorded()) {
    for (const [id, lines] of changingOf(analyse(input))) {
      for (const line of lines) kinds.add(kindOf(line));
      wrong.push(...complaintsOf(input, id, lines).map((text) => `${name}: ${id}: ${text}`));
    }
  }
  equal(wrong, []);
  // The few specs of `--quick` don't have all kinds.
  if (STEP === 1) {
    ok(kinds.size >= KINDS_MIN, `only these kinds were met: ${[...kinds].sort().join(", ")}`);
  }
});

Deno.test("a command of other words than were checked is found", () => {
  const specOf = (end: string) => {
    const name = specPaths(root).find((path) => path.endsWith(end))!;
    const input = inputOf(parseSpec(Deno.readTextFileSync(`${root}/${name}`), name));
    const [id, lines] = [...changingOf(analyse(input))][0]!;
    equal(complaintsOf(input, id, lines), []);
    return { input, id, lines };
  };
  const loose = specOf("/question_refused_by_rp_filter.txt");
  const other = loose.lines.map((line) => line.replace(/conf\.\w+\./, "conf.lo."));
  ok(complaintsOf(loose.input, loose.id, loose.lines, other).length > 0, other.join());
  const { input, id, lines } = specOf("/parent_asks_child.txt");
  // Another order, another mode, a command that is none of a remedy.
  ok(complaintsOf(input, id, lines, lines.toReversed()).length > 0);
  ok(complaintsOf(input, id, [lines[0]!.replace("bridge", "vepa")]).length > 0);
  equal(complaintsOf(input, id, ["iptables -P FORWARD ACCEPT"]).length, 1);
});

/** As many kinds of changes as the specs and archives of this repository have. */
const KINDS_MIN = 36;
