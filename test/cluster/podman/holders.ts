/** Prints who has the network namespaces of this machine, a line of JSON each. */
import { resolveNodes } from "../../../src/probe/session/mod.ts";

for (const { netns } of await resolveNodes([], "here")) {
  for (const { holder } of netns) console.log(JSON.stringify(holder ?? null));
}
