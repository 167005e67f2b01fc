/** Sockets that are heard together, and let go. Needs root; skipped without. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { kernelTest, withScene } from "../state/kernel_testing.ts";
import { type EarHooks, Ears } from "./ears.ts";
import { NETLINK, NetlinkSocket } from "./socket.ts";

/** Links' multicast group, as a bit, and the type of a message about a new one. */
const LINKS = 1;
const NEW_LINK = 16;

kernelTest(
  "a socket that was let go twice does not take another one along that has its number",
  () =>
    withScene(async ({ a, handle }) => {
      const { path, inode } = await handle("a");
      const open = () => NetlinkSocket.open(path, inode, NETLINK.route, LINKS);
      const types: number[] = [];
      const hooks: EarHooks = {
        onMessage: ({ type }) => types.push(type),
        onLost() {},
        onEnd: (why) => types.push(Number(why)),
      };
      const ears = new Ears();
      try {
        const first = open();
        const gone = ears.add(first, hooks);
        gone.letGo();
        const second = open();
        equal(second.fd, first.fd, "the kernel gives the lowest number that is free");
        const ear = ears.add(second, hooks);
        gone.letGo();
        // At once, so that nobody else hears it first.
        const args = ["-n", a, "link", "add", "v0", "type", "veth", "peer", "name", "v1"];
        equal(new Deno.Command("ip", { args }).outputSync().code, 0);
        gone.hearNow();
        deepEqual(types, []);
        ear.hearNow();
        deepEqual([...new Set(types)], [NEW_LINK]);
      } finally {
        await ears.close();
      }
    }),
);

kernelTest(
  "a socket that can't be waited for is not taken for heard",
  () =>
    withScene(async ({ handle }) => {
      const { path, inode } = await handle("a");
      const ears = new Ears();
      try {
        const closed = NetlinkSocket.open(path, inode, NETLINK.route, LINKS);
        closed.close();
        const hooks = { onMessage() {}, onLost() {}, onEnd() {} };
        throws(() => ears.add(closed, hooks), /cannot wait for a socket: error 9/);
      } finally {
        await ears.close();
      }
    }),
);
