/** Completions and the manual page know what the help knows; bash is asked for real. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { createProgram } from "../program.ts";
import { COMPLETIONS } from "./completions.ts";
import { manPage } from "./man_page.ts";
import { tableOf } from "./table.ts";

const program = createProgram(() => {});
const table = tableOf(program);

/** What bash would offer after these words; the last one is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `${COMPLETIONS.bash(table)}
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lasthop; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ["-c", script, "bash", "lasthop", ...words];
  const { success, stdout, stderr } = await new Deno.Command("bash", { args }).output();
  ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

Deno.test("bash completes commands, options, what they take, and words of a filter", async () => {
  deepEqual(await offered("tra"), ["trace"]);
  deepEqual(await offered("report", "--fi"), ["--filter"]);
  deepEqual(await offered("incident", "token", "x", "--role", "pr"), ["probe"]);
  deepEqual(await offered("incident", "de"), ["delete"]);
  deepEqual(await offered("trace", "--for", "5m", "portr"), ["portrange"]);
  deepEqual(await offered("--color", "nev"), ["never"]);
  const folder = await Deno.makeTempDir({ prefix: "lasthop-complete-" });
  await Deno.writeTextFile(`${folder}/one.gz`, "");
  deepEqual(await offered("replay", `${folder}/o`), [`${folder}/one.gz`]);
  deepEqual(await offered("trace", "--archive", `${folder}/o`), [`${folder}/one.gz`]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("bash asks lasthop for names of a cluster, with the words that say which, and runs none of them", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-complete-" });
  const asked = `${folder}/asked`;
  const script =
    `#!/bin/sh\nprintf '[%s]' "$@" >>${asked}\necho 'pod/$(touch ${folder}/run)'\necho pod/web-0\n`;
  await Deno.writeTextFile(`${folder}/lasthop`, script, { mode: 0o755 });
  const after = async (...words: string[]) => {
    // Bash 3.2, which a Mac has, knows neither.
    const bash = `enable -n mapfile readarray
      ${COMPLETIONS.bash(table)}
      PATH=${folder}:$PATH
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lasthop; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const args = ["-c", bash, "bash", "lasthop", ...words];
    const { stdout } = await new Deno.Command("bash", { args }).output();
    return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  };
  const names = [`pod/$(touch ${folder}/run)`, "pod/web-0"];
  deepEqual(await after("cluster", "trace", "-n", "a b", "--to", "pod/w"), names);
  deepEqual(await after("trace", "--kubeconfig", "/k", "svc/"), names);
  // As readline has `--context arn:aws:eks`.
  const context = ["arn", ":", "aws", ":", "eks"];
  deepEqual(await after("trace", "--context", ...context, "-n", "b", "pod/w"), names);
  // Without a cluster nobody is asked.
  deepEqual(await after("trace", "-n", "shop", "pod/w"), []);
  equal(
    await Deno.readTextFile(asked),
    "[complete][--namespace][a b][--][pod/w][complete][--kubeconfig][/k][--][svc/]" +
      "[complete][--context][arn:aws:eks][--namespace][b][--][pod/w]",
  );
  deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["asked", "lasthop"]);
  await Deno.remove(folder, { recursive: true });
});

/** What the system sets, and systemd: nothing that a user of lasthop is told to set. */
const OF_THE_SYSTEM = ["HOME", "PATH", "TERM", "COLUMNS", "LANG", "LC_ALL", "LC_CTYPE", "UPDATE"];
OF_THE_SYSTEM.push("STATE_DIRECTORY");

async function* sources(folder: URL): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (/(?<!_test)\.ts$/.test(name)) yield await Deno.readTextFile(new URL(name, folder));
  }
}

Deno.test("every variable that the command line reads is in the manual page", async () => {
  const page = manPage({ description: "d", version: "1" }, table);
  const read = new Set<string>();
  for await (const text of sources(new URL("../", import.meta.url))) {
    const names = text.matchAll(
      /\benv(?:\.get)?\(\s*"([A-Z_]+)"|"((?:LASTHOP|XDG|OTEL)_[A-Z_]+)"/g,
    );
    for (const [, read1, read2] of names) read.add(read1 ?? read2 ?? "");
  }
  for (const name of OF_THE_SYSTEM) read.delete(name);
  ok(read.size > 4);
  for (const name of read) ok(page.includes(name), name);
});

Deno.test("every command and option of the help is in the manual page and every completion", () => {
  const page = manPage({ description: "d", version: "1" }, table).replaceAll("\\-", "-");
  const texts = Object.values(COMPLETIONS).map((completion) => completion(table));
  for (const command of program.commands) {
    ok(page.includes(`.SS lasthop ${command.name()} `), command.name());
    for (const { flags, long } of command.options) {
      ok(page.includes(`\\fB${flags}\\fR`), `${command.name()} ${flags}`);
      for (const text of texts) ok(text.includes(` ${long!.slice(2)} `) || text.includes(long!));
    }
  }
  equal(page.split("\n").some((line) => /^'/.test(line)), false);
});
