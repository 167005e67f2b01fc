/** Style as a test: the house rules on the real tree, and on small sources that break them. */
import { deepEqual, ok } from "node:assert/strict";
import { changesAreChecked, commandsAreWords } from "./tidy/commands.ts";
import * as docs from "./tidy/docs.ts";
import { rulesAreTestedAndTestsHaveRules } from "./tidy/ids.ts";
import { facesStandApart, importsMakeNoCircle } from "./tidy/imports.ts";
import * as rules from "./tidy/rules.ts";
import { bareCode, readSources } from "./tidy/source.ts";

/** Files under src that may be long, and why. */
const LONG: Record<string, string> = {
  "src/event/row_event.ts":
    "generated: a getter for each column, which a loop at run time would make slow",
  "src/analysis/rules/order.ts": "one list, a line each rule: in parts it would be no order",
};

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const sources = await readSources(root);

const HOUSE: Record<string, rules.TidyRule> = {
  "event and analysis ask no clock, chance, runtime or timer": rules.pureCodeAsksNobody,
  "event imports only event, analysis only event and analysis": rules.pureCodeImportsPureCode,
  "files under src are short, or listed with a reason": rules.filesAreShort(LONG),
  "no way of imports leads back, types included": importsMakeNoCircle,
  "the page and the command line import nothing of each other": facesStandApart,
  "exports have doc comments": docs.exportsAreDocumented,
  "numbers of interfaces say their unit": docs.numbersHaveUnits,
  "doc comments of functions that throw say what": docs.throwsAreTold,
  "no command for root is made by a template": commandsAreWords,
  "no command that changes something is told unchecked": changesAreChecked,
  "no test sleeps": rules.testsDoNotSleep,
  "nothing is left to be done in a comment": rules.nothingIsLeftOver,
  "every script says what it cannot see, emits, needs and costs": rules.scriptsHaveHeaders,
  "no registry is named": rules.noRegistryIsNamed,
  "every rule is tested and built, every tested id is a rule": rulesAreTestedAndTestsHaveRules,
};

for (const [claim, rule] of Object.entries(HOUSE)) {
  Deno.test(`tidy: ${claim}`, () => {
    const complaints = rule(sources);
    ok(complaints.length === 0, complaints.join("\n"));
  });
}

/** Paths complained of, given files as path and text. */
function blamed(rule: rules.TidyRule, files: Record<string, string>): string[] {
  const complaints = rule(Object.entries(files).map(([path, text]) => ({ path, text })));
  return complaints.map((complaint) => complaint.slice(0, complaint.indexOf(":")));
}

Deno.test("tidy itself: pureCodeAsksNobody sees code, not comments, strings or tests", () => {
  const files = {
    "src/event/clock.ts": "const now = Date.now();",
    "src/event/template.ts": "const now = `${Math.random()}`;",
    "src/analysis/runtime.ts": "Deno.exit(1);",
    "src/analysis/timer.ts": "setTimeout(done, 1);",
    "src/analysis/comment.ts": "// Date.now() is not asked.\nconst s = 'new Date';\n/* fetch( */",
    "src/analysis/member.ts": "queue.process.next(); this.fetch(1);",
    "src/analysis/clock_test.ts": "Date.now();",
    "src/probe/clock.ts": "Date.now();",
  };
  deepEqual(blamed(rules.pureCodeAsksNobody, files), Object.keys(files).slice(0, 4));
});

Deno.test("tidy itself: commandsAreWords sees commands made by templates", () => {
  const files = {
    "src/analysis/a.ts": "const fix = `ip neigh del ${hop}`;",
    "src/analysis/rules/b.ts": "f(`sysctl -w net.ipv4.conf.${device}.rp_filter=2`)",
    "src/analysis/words.ts": 'command(node, netns, ["ip", "neigh", "del", hop]);',
    "src/analysis/cause.ts": 'const remedy = "`ip neigh` shows it";',
    "src/web/c.ts": "const text = `ip neigh del ${hop}`;",
  };
  deepEqual(blamed(commandsAreWords, files), ["src/analysis/a.ts", "src/analysis/rules/b.ts"]);
});

Deno.test("tidy itself: changesAreChecked lets one file tell of changes", () => {
  const files = {
    "src/analysis/rules/a/a.ts": 'import { changing } from "../command.ts";',
    "src/analysis/rules/b/b.ts": 'import { changing, command } from "../command.ts";',
    "src/analysis/rules/c/c.ts": 'import { command } from "../command.ts";',
    "src/analysis/rules/shared/checked.ts": 'import { changing } from "../command.ts";',
  };
  deepEqual(blamed(changesAreChecked, files), Object.keys(files).slice(0, 2));
});

Deno.test("tidy itself: pureCodeImportsPureCode lets analysis import event, not the reverse", () => {
  const files = {
    "src/event/a.ts": 'import { b } from "../analysis/b.ts";',
    "src/analysis/c.ts": 'import { run } from "../probe/run.ts";',
    "src/analysis/d.ts": 'const x = await import("node:fs");',
    "src/event/h.ts": 'import { anyEvent } from "./arbitrary.ts";',
    "src/event/arbitrary.ts": 'import fc from "fast-check";',
    "src/analysis/e.ts": 'export * from "../event/x.ts";\nimport { z } from "zod";',
    "src/analysis/f.ts": '// import "node:fs"\nimport "./e.ts";',
  };
  deepEqual(blamed(rules.pureCodeImportsPureCode, files), Object.keys(files).slice(0, 4));
});

Deno.test("tidy itself: filesAreShort blames line 301 and a reason that is no longer needed", () => {
  const files = { "src/a.ts": "x\n".repeat(301), "src/b.ts": "x\n".repeat(300) };
  deepEqual(blamed(rules.filesAreShort({}), files), ["src/a.ts"]);
  deepEqual(blamed(rules.filesAreShort({ "src/a.ts": "a table" }), files), []);
  deepEqual(blamed(rules.filesAreShort({ "src/b.ts": "" }), files), ["src/a.ts", "src/b.ts"]);
});

Deno.test("tidy itself: testsDoNotSleep sees a sleep by any name, and lets a timeout be", () => {
  const files = {
    "src/a_test.ts": "await sleep(10);",
    "test/fake/b.ts": "await delay(10);",
    "src/c_test.ts": "await new Promise((done) => setTimeout(done, 10));",
    "src/d_test.ts": "const late = setTimeout(() => stop(child), 10); clock.sleep(1);",
    "src/e.ts": "await sleep(10);",
  };
  deepEqual(blamed(rules.testsDoNotSleep, files), Object.keys(files).slice(0, 3));
});

Deno.test("tidy itself: nothingIsLeftOver finds the word in any file, whole", () => {
  const word = "TO" + "DO";
  const files = { "docs/a.md": `${word}: more`, "src/b.ts": `const ${word}S = 1;` };
  deepEqual(blamed(rules.nothingIsLeftOver, files), ["docs/a.md"]);
});

Deno.test("tidy itself: scriptsHaveHeaders wants all four lines with something in them", () => {
  const header = "// BLIND TO  XDP\n// EMITS     x\n// NEEDS     y\n// COST      z\n";
  const files = {
    "bpf/a.bt": header,
    "bpf/b.bt": header.replace("XDP", "").replace("z", ""),
    "bpf/lib/part.bt": "// a part",
  };
  deepEqual(blamed(rules.scriptsHaveHeaders, files), ["bpf/b.bt", "bpf/b.bt"]);
});

Deno.test("tidy itself: noRegistryIsNamed reads lock files too", () => {
  const host = "https://registry." + "npmjs.org/";
  deepEqual(blamed(rules.noRegistryIsNamed, { "a/package-lock.json": host }), [
    "a/package-lock.json",
  ]);
});

Deno.test("tidy itself: a rule without test or code, and a test without rule, are blamed", () => {
  const files = {
    "docs/rules.md": "# Rules\n## R1 one\n### [R2] two\n",
    "src/analysis/one.ts": 'export const one = { id: "R1" };',
    "src/analysis/one_test.ts": 'Deno.test("[R1] [R9] one holds", f);',
    "test/specs/two.txt": "# Two dies. [R10]\n[R2] is below the title",
  };
  deepEqual(blamed(rulesAreTestedAndTestsHaveRules, files), [
    "docs/rules.md",
    "docs/rules.md",
    "src/analysis/one_test.ts",
    "test/specs/two.txt",
  ]);
  const empty = { ...files, "docs/rules.md": "# Rules" };
  deepEqual(blamed(rulesAreTestedAndTestsHaveRules, empty), [
    "src/analysis/one_test.ts",
    "src/analysis/one_test.ts",
    "test/specs/two.txt",
  ]);
});

Deno.test("tidy itself: bareCode keeps templates and line numbers, drops comments and strings", () => {
  const code = bareCode('a /* b\nc */ "d // e" // f\n`${g} \'`');
  deepEqual(code, 'a \n "" \n`${g} \'`');
});
