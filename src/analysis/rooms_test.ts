/** Rooms import one way: `analyse.ts` says in which order. */
import { deepEqual } from "node:assert/strict";

/** A room may import itself and those before it. Rooms of one entry may import each other. */
const ORDER = [
  ["kernel"],
  ["view"],
  ["cluster"],
  ["correlate"],
  ["verdict"],
  ["exchange"],
  [
    "netfilter",
    "rules",
  ],
  ["change", "problem"],
  ["count"],
  [
    "report",
    "shards",
  ],
];

const here = new URL(".", import.meta.url).pathname;

const rank = (room: string) => ORDER.findIndex((rooms) => rooms.includes(room));

/** Paths under a folder, from `src/analysis` on. */
function* pathsOf(folder: string): Iterable<string> {
  for (const { name, isDirectory } of Deno.readDirSync(here + folder)) {
    if (isDirectory) yield* pathsOf(`${folder}${name}/`);
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) yield folder + name;
  }
}

Deno.test("rooms of the analysis import only rooms before them", () => {
  const wrong: string[] = [];
  for (const room of ORDER.flat()) {
    for (const path of pathsOf(`${room}/`)) {
      const text = Deno.readTextFileSync(here + path);
      for (const [, specifier = ""] of text.matchAll(/\bfrom\s+"(\.[^"]+)"/g)) {
        const target = new URL(specifier, `file:///analysis/${path}`).pathname;
        const other = /^\/analysis\/(\w+)\//.exec(target)?.[1];
        if (target.startsWith("/event/")) continue;
        if (other === undefined || rank(other) < 0 || rank(other) > rank(room)) {
          wrong.push(`${path} imports ${target}`);
        }
      }
    }
  }
  deepEqual(wrong, []);
});

Deno.test("report and shards stand beside each other", () => {
  for (const [room, other] of [["report", "shards"], ["shards", "report"]]) {
    for (const path of pathsOf(`${room}/`)) {
      deepEqual(
        Deno.readTextFileSync(here + path).match(new RegExp(`"\\.\\./${other}/`)),
        null,
        path,
      );
    }
  }
});
