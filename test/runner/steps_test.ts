import { deepEqual, equal, match } from "node:assert/strict";
import { runFiles } from "./steps.ts";

/** Runs synthetic test files as the suite would. */
async function run(
  sources: Record<string, string>,
  filter?: string,
  files = Object.keys(sources),
) {
  const root = await Deno.makeTempDir({ prefix: "lasthop-runner-" });
  try {
    await Deno.writeTextFile(`${root}/deno.json`, "{}");
    for (const [file, text] of Object.entries(sources)) {
      await Deno.writeTextFile(`${root}/${file}`, text);
    }
    const results = await runFiles({ root, files, filter, parallel: true });
    return results.sort((a, b) => a.name < b.name ? -1 : 1);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const sound = 'Deno.test("holds", () => {}); Deno.test("held", () => {});';

Deno.test("runFiles counts what passed, and with a filter only what it names", async () => {
  deepEqual((await run({ "a_test.ts": sound })).map(({ name }) => name), ["held", "holds"]);
  deepEqual((await run({ "a_test.ts": sound }, "held")).map(({ name }) => name), ["held"]);
  deepEqual(await run({ "a_test.ts": sound }, "neither"), []);
});

Deno.test("runFiles counts a file that threw while loading as failed, beside one that ran", async () => {
  const results = await run({ "a_test.ts": sound, "b_test.ts": 'throw new Error("early");' });
  deepEqual(results.map(({ name, state }) => [name, state]), [
    ["a run of several files ended early", "failed"],
    ["held", "passed"],
    ["holds", "passed"],
  ]);
  match(results[0]?.detail ?? "", /early/);
});

Deno.test("runFiles counts the tests of many files, and one among them that threw as failed", async () => {
  const names = Array.from({ length: 40 }, (_, i) => `test${i}`);
  const many = Object.fromEntries(
    names.map((name) => [`${name}_test.ts`, `Deno.test("${name}", () => {});`]),
  );
  deepEqual((await run(many)).map(({ name }) => name), names.sort());
  const threw = await run({ ...many, "b_test.ts": 'throw new Error("early");' });
  equal(threw.some(({ state }) => state === "failed"), true);
});

Deno.test("runFiles counts a missing import, which keeps every file from running, as failed", async () => {
  const results = await run({ "a_test.ts": sound, "b_test.ts": 'import "./gone.ts";' });
  equal(results.length, 1);
  equal(results[0]?.state, "failed");
  match(results[0]?.detail ?? "", /gone\.ts/);
});

Deno.test("runFiles tells the file that was run, and not the helper that called Deno.test", async () => {
  const results = await run(
    {
      "a_test.ts": 'import { declare } from "./helper.ts"; declare();',
      "helper.ts": sound.replace(/^(.*)$/, "export function declare() { $1 }"),
    },
    undefined,
    ["a_test.ts"],
  );
  deepEqual(results.map(({ file, name }) => [file, name]), [
    ["a_test.ts", "held"],
    ["a_test.ts", "holds"],
  ]);
});

Deno.test("runFiles shows an error that no test caught", async () => {
  const late =
    'Deno.test("waits", () => new Promise(() => queueMicrotask(() => { throw "late" })));';
  const results = await run({ "a_test.ts": late });
  deepEqual(results.map(({ state }) => state), ["failed", "failed"]);
  match(results.map(({ detail }) => detail).join(), /late/);
});
