import { deepEqual } from "node:assert/strict";

/** What knows where it runs; everything else also runs on Workers. */
const BOUND = /^(deno|deno_\w+|worker|reserve|sqlite_\w+|testing_\w+|\w+_test|mod)\.ts$/;

Deno.test("only the entries, the SQLite store and the edge know what they run on", async () => {
  const offenders: string[] = [];
  for await (const { name, isFile } of Deno.readDir(new URL(".", import.meta.url))) {
    if (!isFile || BOUND.test(name)) continue;
    const text = await Deno.readTextFile(new URL(name, import.meta.url));
    if (
      /\bDeno\.|"node:|cloudflare|from "\.\/(deno(_\w+)?|edge\/\w+|reserve|sqlite_\w+)\.ts"/.test(
        text,
      )
    ) offenders.push(name);
  }
  deepEqual(offenders, []);
});
