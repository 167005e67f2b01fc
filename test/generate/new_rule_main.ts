/** `deno task new-rule CODE`: makes the skeleton of a cause, and says what is left to do. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { leftToDo, skeleton } from "./new_rule.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const [code = ""] = Deno.args;
const files = await skeleton(root, code).catch((error: Error) => {
  console.error(`new-rule: ${error.message}`);
  Deno.exit(2);
});
for (const [path, text] of files) {
  await Deno.mkdir(`${root}/${dirname(path)}`, { recursive: true });
  await Deno.writeTextFile(`${root}/${path}`, text, { createNew: true });
  console.log(`made ${path}`);
}
console.log("left to do:");
for (const line of leftToDo(code)) console.log(`  ${line}`);
