import { deepEqual, equal } from "node:assert/strict";
import { actionsEnd, handingCookies, handingsIn } from "./openvswitch_actions.ts";

const CONTROLLER = "userspace(pid=4294967295,controller(reason=1,dont_send=0,continuation=0," +
  "recirc_id=1,rule_cookie=0x3f79e454,controller_id=0,max_len=65535))";
const SFLOW = "userspace(pid=7,sFlow(vid=0,pcp=0,output=0),actions)";

Deno.test("actions that send nowhere drop, whatever they changed or sampled before", () => {
  for (
    const actions of [
      "",
      "drop",
      "set(ipv4(ttl=63)),drop",
      "ct(commit,zone=2,nat(src))",
      SFLOW,
      `sample(sample=10.0%,actions(${SFLOW}))`,
      "meter(3),pop_vlan",
    ]
  ) equal(actionsEnd(actions), "dropped", actions);
});

Deno.test("a packet that only ovs-vswitchd has is handed up", () => {
  equal(actionsEnd(CONTROLLER), "handed-up");
  equal(actionsEnd(`meter(1),${CONTROLLER}`), "handed-up");
  equal(actionsEnd(`${SFLOW},${CONTROLLER}`), "handed-up");
  equal(actionsEnd("userspace(pid=7,slow_path(action))"), "handed-up");
});

Deno.test("what goes on to a port, to other flows or by an unknown action is sent", () => {
  for (
    const actions of [
      "pb",
      `${CONTROLLER},pb`,
      `${CONTROLLER},3`,
      `${CONTROLLER},recirc(0x2)`,
      "ct(zone=2),recirc(0x1)",
      "clone(ct(commit),pb)",
      `sample(sample=10.0%,actions(pb))`,
      `sample(sample=10.0%,actions(${SFLOW},pb))`,
      "an_action_of_tomorrow(2)",
    ]
  ) equal(actionsEnd(actions), "sent", actions);
});

Deno.test("the flows that hand a packet to a controller are known by their cookies", () => {
  deepEqual(handingCookies(`${SFLOW},${CONTROLLER}`), ["0x3f79e454"]);
  equal(handingsIn(`${SFLOW},${CONTROLLER}`), 1);
  deepEqual(handingCookies("userspace(pid=7,slow_path(action))"), []);
  equal(handingsIn("userspace(pid=7,slow_path(action))"), 1);
});
