import { deepStrictEqual as equal } from "node:assert/strict";
import { decoded } from "../../../test/fake/decoded.ts";

/** An echo request that an XDP program drops: there is no skb, so all that is read of one is 0. */
const EARLY =
  "E\t5000\t1\t0\t0\t4026532528\t2\te0\t0\t0\t0\tbbaa0200000001bb\t8000000aa\t140104\t0\t4000010054000045\t200f00a0100f00a13c6\t200f00a\t0\t0\t7000000000008\t0\t0\t10\tvirtnet_xdp_handler\t0\t98\tffff8881beef0100";

Deno.test("what XDP drops in a driver is a drop for that reason, known by its frame, and as long", () => {
  const { events: [event], refused } = decoded([EARLY]);
  equal(refused, []);
  equal([event?.kind, event?.reason, event?.function], ["drop", "XDP", "virtnet_xdp_handler"]);
  equal([event?.length, event?.device, event?.protocol], [98, "e0", 1]);
  equal([event?.skb, event?.head], ["ffff8881beef0100", "ffff8881beef0100"]);
});

Deno.test("its outer header is told behind it, though it has no skb", () => {
  const outer = "T\t1\t0\t110401\t700\t100f00a\t0\t200f00a\t0\tb5120000\t40000100";
  equal(decoded([EARLY, outer]).events[0]?.tunnelKind, "vxlan");
  equal(
    decoded([EARLY, outer.replace("\t0\t110401", "\tff0a\t110401")]).events[0]?.tunnelKind,
    undefined,
  );
});

Deno.test("a drop by XDP that does not say which frame it was is refused", () => {
  const cut = EARLY.replace(/\t98\t.*$/, "");
  equal(decoded([cut]), { events: [], refused: [cut] });
});
