import { deepEqual } from "node:assert/strict";

const HERE = new URL(".", import.meta.url);

/** What knows where it runs; everything else also runs on Workers and on Deno alike. */
const BOUND =
  /^(deno|worker|mod|edge\/\w+|http\/(deno_listener|socket_bounds)|live\/analyst_(thread|worker)|intake\/reading_thread|archive\/reading_worker|access\/peer_user|stores\/(reserve|packed_segment|memory_store|sqlite_\w+)|testing_\w+|.*_test)\.(d\.)?ts$/;

const PLATFORM =
  /\bDeno\.|"node:|"cloudflare:|from "[^"]*\/(deno|deno_listener|socket_bounds|worker|edge\/\w+|reserve|sqlite_\w+)\.ts"/;

async function* filesIn(directory: string): AsyncGenerator<string> {
  for await (const { name, isFile } of Deno.readDir(new URL(directory, HERE))) {
    if (isFile) yield directory + name;
    else yield* filesIn(`${directory}${name}/`);
  }
}

Deno.test("only the entries, the stores, the threads and the edge know what they run on", async () => {
  const names = await Array.fromAsync(filesIn("./"));
  const offenders: string[] = [];
  for (const name of names.map((path) => path.slice(2))) {
    if (BOUND.test(name)) continue;
    if (PLATFORM.test(await Deno.readTextFile(new URL(name, HERE)))) offenders.push(name);
  }
  deepEqual(offenders, []);
});
