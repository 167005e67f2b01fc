import { deepEqual, equal, ok } from "node:assert/strict";
import { makeWorkFolder } from "./work_folder.ts";

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("a work folder lasts while its process does, and no longer", async () => {
  const temporary = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  const program = `import { makeWorkFolder } from ${
    JSON.stringify(import.meta.resolve("./work_folder.ts"))
  };
    console.log((await makeWorkFolder(${JSON.stringify(temporary)})).path);
    setInterval(() => {}, 1e6);`;
  const other = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", "--no-lock", program],
    stdout: "piped",
  }).spawn();
  const reader = other.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const left = (await reader.read()).value!.trim();
  try {
    const first = await makeWorkFolder(temporary);
    ok(await exists(left), "a folder in use was removed");
    other.kill("SIGKILL");
    await other.status;
    await reader.cancel();
    const second = await makeWorkFolder(temporary);
    equal(await exists(left), false);
    ok(await exists(first.path));
    await first.remove();
    await second.remove();
    await second.remove();
    deepEqual(await Array.fromAsync(Deno.readDir(temporary)), []);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
});
