/** Rooms of the probe import only what the data flow needs. */
import { deepEqual } from "node:assert/strict";

/** Which other rooms each room imports; all import `src/event`; `files` and `timers` are in src. */
const IMPORTS: Record<string, readonly string[]> = {
  kernel: [],
  translation: [],
  filter: ["translation"],
  run: ["kernel"],
  read: [],
  netlink: [],
  openvswitch: [],
  state: ["netlink", "openvswitch"],
  ship: ["files", "read", "timers"],
  doctor: ["kernel", "openvswitch", "run"],
  session: ["filter", "kernel", "read", "run", "ship", "state", "timers"],
};

const here = new URL(".", import.meta.url).pathname;

/** Rooms that the files of one room import, without itself; tests are left out. */
function importedBy(room: string): string[] {
  const rooms = new Set<string>();
  for (const { name } of Deno.readDirSync(here + room)) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const text = Deno.readTextFileSync(`${here}${room}/${name}`);
    for (const [, specifier = ""] of text.matchAll(/\bfrom\s+"(\.[^"]+)"/g)) {
      const target = new URL(specifier, `file:///src/probe/${room}/${name}`).pathname;
      rooms.add(/^\/src\/(?:probe\/)?(\w+)\//.exec(target)?.[1] ?? target);
    }
  }
  return [...rooms].filter((other) => other !== room && other !== "event").sort();
}

Deno.test("rooms of the probe import the rooms that the data flow names, and no others", () => {
  const rooms = [...Deno.readDirSync(here)].filter(({ isDirectory }) => isDirectory);
  const found = rooms.map(({ name }) => [name, importedBy(name)]);
  deepEqual(Object.fromEntries(found), IMPORTS);
});
