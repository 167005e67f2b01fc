import { deepEqual } from "node:assert/strict";
import { emptyState } from "../../event/state.ts";
import type { OpenvSwitchBridge } from "../../event/state_openvswitch.ts";
import { bridgesBetween } from "./openvswitch_way.ts";

/** `br0: pa a>b` has the device pa, and a patch port a whose peer is b. */
function stateOf(...lines: string[]) {
  const bridges = lines.map((line): OpenvSwitchBridge => {
    const [name = "", words = ""] = line.split(": ");
    const ports = words.split(" ").map((word) => {
      const [own = "", peer] = word.split(">");
      return peer === undefined
        ? { name: own, type: "system", device: own }
        : { name: own, type: "patch", peer };
    });
    return { name, datapath: "system@ovs-system", controllers: [], ports };
  });
  return emptyState(1, "0", { openvswitch: { bridges, datapaths: [], managers: [] } });
}

Deno.test("[H8] bridgesBetween goes over patch ports, where there is one way", () => {
  const state = stateOf("br0: pa pc a>b", "br1: b>a c>d vx", "br2: d>c out vx");
  deepEqual(bridgesBetween(state, "pa", "pc"), ["br0"]);
  deepEqual(bridgesBetween(state, "pa", "out"), ["br0", "br1", "br2"]);
  deepEqual(bridgesBetween(state, "out", "pa"), ["br2", "br1", "br0"]);
  // Its port of either bridge may have been meant.
  deepEqual(bridgesBetween(state, "pa", "vx"), null);
  deepEqual(bridgesBetween(state, "pa", "eth0"), null);
});

Deno.test("[H8] bridgesBetween tells no way over a patch port without peer, nor of two", () => {
  deepEqual(bridgesBetween(stateOf("br0: pa a>b", "br1: b>x out"), "pa", "out"), null);
  const ring = stateOf("br0: pa a>b c>d", "br1: b>a e>f out", "br2: d>c f>e");
  deepEqual(bridgesBetween(ring, "pa", "out"), null);
  deepEqual(bridgesBetween(emptyState(1, "0"), "pa", "out"), null);
});
