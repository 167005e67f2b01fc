/** The commands that README.md and docs/ tell people to type are commands, with flags that exist. */
import { equal, ok } from "node:assert/strict";
import { lasthop } from "../src/cli/asking/testing.ts";

const root = new URL("..", import.meta.url);

/** Lines of `sh` blocks that call lasthop, without sudo and comments. */
async function commandsOf(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(new URL(path, root));
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => block.replace(/\\\n\s*/g, " ").split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => /^(sudo )?(\.\/)?lasthop /.test(line))
    .map((line) => line.replace(/^(sudo )?(\.\/)?lasthop /, ""));
}

async function pages(): Promise<string[]> {
  const names = ["README.md"];
  for await (const { name } of Deno.readDir(new URL("docs", root))) {
    if (name.endsWith(".md")) names.push(`docs/${name}`);
  }
  return names.sort();
}

Deno.test("every lasthop command in README.md and docs/ exists, with its flags", async () => {
  const help = new Map<string, string>();
  let seen = 0;
  for (const page of await pages()) {
    for (const command of await commandsOf(page)) {
      const [name = ""] = command.split(" ");
      if (!help.has(name)) {
        const { code, stdout, stderr } = await lasthop([name, "--help"]);
        equal(code, 0, `${page}: "lasthop ${command}": ${stderr}`);
        help.set(name, stdout);
      }
      const flags = command.match(/(?<=\s)--[a-z-]+/g) ?? [];
      for (const flag of flags) {
        ok(help.get(name)!.includes(flag), `${page}: "lasthop ${command}" has no ${flag}`);
      }
      seen++;
    }
  }
  ok(seen >= 8, `only ${seen} commands found`);
});

Deno.test("README's commands that change nothing run as written", async () => {
  for (const command of await commandsOf("README.md")) {
    if (!/^(explain|lab list)/.test(command)) continue;
    const { code, stdout, stderr } = await lasthop(command.split(" "));
    equal(code, 0, stderr);
    ok(stdout.length > 100, `"lasthop ${command}" printed ${JSON.stringify(stdout)}`);
  }
});
