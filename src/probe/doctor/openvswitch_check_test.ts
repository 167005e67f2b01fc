import { deepEqual } from "node:assert/strict";
import type { Capability } from "../kernel/capability.ts";
import type { Told } from "../openvswitch/read.ts";
import { openvswitchCheck } from "./openvswitch_check.ts";

const datapath = { name: "system@ovs-system", hit: 1, missed: 2, lost: 0, flows: 3 };
const bridge = { name: "br0", datapath: datapath.name, controllers: [], ports: [] };
const openvswitch = { bridges: [bridge], datapaths: [datapath], managers: [], losing: [] };
const gap = { what: "openvswitch flows", why: "system@ovs-system has 40000 flows" };

function said(told: Told | undefined, kernel = "6.12.1-amd64") {
  return openvswitchCheck(told, { kernel } as Capability).map(({ state, note }) => [state, note]);
}

Deno.test("doctor says of Open vSwitch what a trace will show here, where there is one", () => {
  deepEqual(said(undefined), []);
  deepEqual(said({ openvswitch, gaps: [] }), [
    ["yes", "asked of ovs-vswitchd, 1 bridges; not what hardware forwards"],
  ]);
  deepEqual(said({ openvswitch, gaps: [gap] }), [["partly", gap.why]]);
  deepEqual(said({ gaps: [{ ...gap, why: "no answer" }] }), [
    ["partly", "the datapath's reason alone: no answer"],
  ]);
  const old = "bridges only: before Linux 6.7 what flows drop is freed as done with";
  deepEqual(said({ openvswitch, gaps: [] }, "6.1.0-18"), [["partly", old]]);
  const own = { ...openvswitch, datapaths: [{ ...datapath, name: "netdev@ovs-netdev" }] };
  deepEqual(said({ openvswitch: own, gaps: [] }), [
    ["no", "netdev@ovs-netdev forwards without the kernel, which sees nothing of it"],
  ]);
});
