/** Which name a namespace has, when its number was given to another one. */
import { deepEqual, equal } from "node:assert/strict";
import { headerOf } from "../../../test/contract/lines.ts";
import { emptyState } from "../../event/state.ts";
import { netnsLabel } from "./netns_names.ts";
import { timelines } from "./timelines.ts";

const named = (timeNs: string, name?: string) =>
  emptyState(7, timeNs, name === undefined ? {} : { name });

Deno.test("a namespace is called what the reading before the moment told, else the first", () => {
  const header = headerOf({
    attachedNs: "0",
    netns: [{ inode: 7, name: "last" }, { inode: 8, name: "never-read" }],
  });
  const states = [named("100", "web"), named("200"), named("300", "web"), named("400", "shop")];
  const [node] = timelines([{ header, events: [], states, refused: 0 }]);
  const at = [0, 100, 350, 400, 9_000].map((moment) => netnsLabel(node!, 7, moment));
  deepEqual(at, ["web", "web", "web", "shop", "shop"]);
  equal(netnsLabel(node!, 7), "web", "without a moment it is the first name");
  equal(netnsLabel(node!, 8, 5), "never-read");
  equal(netnsLabel(node!, 9, 5), "9");
});
