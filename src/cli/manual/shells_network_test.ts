/** Completions and the manual page as the programs read them that they are for, from Debian. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { programOrWhy } from "../../../test/debian/unpacked.ts";
import { createProgram } from "../program.ts";
import { COMPLETIONS } from "./completions.ts";
import { manPage } from "./man_page.ts";
import { tableOf } from "./table.ts";

const table = tableOf(createProgram(() => {}));

/** A test with a program of a package; left out where there is none. */
async function testWith(
  [name, program]: readonly [name: string, program: string],
  title: string,
  use: (run: (...args: string[]) => Promise<string>, root?: string) => Promise<void>,
): Promise<void> {
  const found = await programOrWhy({ name, program, withDependencies: true });
  const { run, why } = found;
  if (why !== undefined) console.log(`${name} left out: ${why}`);
  Deno.test({
    name: title,
    ignore: run === undefined,
    fn: () => use((...args) => run!(args), "root" in found ? found.root : undefined),
  });
}

/** Runs `use` with the path of a file that has this text. */
async function withFile<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile({ prefix: "lasthop-test-" });
  try {
    await Deno.writeTextFile(path, text);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

await testWith(
  ["fish", "usr/bin/fish"],
  "fish completes commands, options and what they take",
  (fish) =>
    withFile(COMPLETIONS.fish(table), async (path) => {
      const offered = async (line: string) => {
        const script = `source ${path}; complete -C '${line}'`;
        const said = await fish("--no-config", "-c", script);
        return said.split("\n").map((each) => each.split("\t")[0]).filter((word) => word !== "");
      };
      deepEqual(await offered("lasthop tra"), ["trace"]);
      ok((await offered("lasthop report --fo")).includes("--format"));
      deepEqual(await offered("lasthop report --format ht"), ["html"]);
      deepEqual(await offered("lasthop incident token x --role pr"), ["probe"]);
    }),
);

await testWith(
  ["zsh", "bin/zsh"],
  "zsh reads its completion and has it for lasthop",
  (zsh, root) =>
    withFile(COMPLETIONS.zsh(table), async (path) => {
      equal(await zsh("-n", path), "");
      // One that is unpacked looks for its parts where an installed one has them.
      const parts = root === undefined
        ? ""
        : `module_path=(${root}/usr/lib/*-linux-gnu/zsh/*(/)) ` +
          `fpath=(${root}/usr/share/zsh/functions/**/*(/)); `;
      const script = `${parts}autoload -Uz compinit && compinit -D -u && source ${path} &&
      print -r -- \${_comps[lasthop]}`;
      ok((await zsh("-fc", script)).includes("_lasthop"));
    }),
);

await testWith(
  ["groff-base", "usr/bin/groff"],
  "groff sets the manual page, with each command and option as the help has it",
  (groff) =>
    withFile(manPage({ description: "a 'b' \\c", version: "1" }, table), async (path) => {
      const text = await groff("-man", "-Tascii", "-P-cbou", path);
      const words = text.replaceAll(/-\n\s*/g, "-").replaceAll(/\s+/g, " ");
      ok(words.includes("lasthop - a 'b' \\c"));
      for (const { name, options } of table) {
        ok(words.includes(`lasthop ${name} `), name);
        for (const { flags } of options) ok(words.includes(flags), `${name} ${flags}`);
      }
      equal(/^\s*\.[A-Z]{2}\b/m.test(text), false, "a request that was not one");
    }),
);
