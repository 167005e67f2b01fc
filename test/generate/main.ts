/** `deno task generate`: writes what is made from the folders of causes, and says what changed. */
import { fileURLToPath } from "node:url";
import { generated } from "./files.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

for (const [path, text] of await generated(root)) {
  const old = await Deno.readTextFile(`${root}/${path}`).catch(() => "");
  if (old === text) continue;
  await Deno.writeTextFile(`${root}/${path}`, text);
  console.log(`wrote ${path}`);
}
