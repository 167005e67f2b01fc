/** Rooms of the ingest import one way: from what keeps and asks, to what serves. */
import { deepEqual } from "node:assert/strict";

/** Which other rooms each room imports; all may import `src/event` and what lies at the top. */
const IMPORTS: Record<string, readonly string[]> = {
  stores: [],
  http: [],
  access: ["http", "stores"],
  intake: ["access", "http", "stores"],
  archive: ["http", "intake", "stores"],
  live: ["http", "intake", "stores"],
  notify: ["live", "stores"],
  routes: ["access", "archive", "http", "intake", "live", "stores"],
  edge: ["access", "archive", "http", "intake", "live", "routes", "stores"],
  client: ["http", "intake", "live", "routes", "stores"],
};

const here = new URL(".", import.meta.url).pathname;

/** Rooms that the files of one room import, without itself; tests are left out. */
function importedBy(room: string): string[] {
  const rooms = new Set<string>();
  for (const { name } of Deno.readDirSync(here + room)) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const text = Deno.readTextFileSync(`${here}${room}/${name}`);
    for (const [, other = ""] of text.matchAll(/\bfrom\s+"\.\.\/(\w+)\/\w+\.ts"/g)) {
      rooms.add(other);
    }
  }
  return [...rooms].sort();
}

Deno.test("rooms of the ingest import the rooms before them, and no others", () => {
  const rooms = [...Deno.readDirSync(here)].filter(({ isDirectory }) => isDirectory);
  const found = rooms.map(({ name }) => [name, importedBy(name)]);
  deepEqual(Object.fromEntries(found), IMPORTS);
});
