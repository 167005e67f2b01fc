/** Why nothing is said of a packet that a node had, and neither freed as a drop nor sent on. */
import type { Gap } from "../../event/gaps.ts";
import { isUnexplainedTcpDrop } from "../kernel/frees.ts";
import { isUpcall } from "../kernel/openvswitch.ts";
import { isUntoldListFree } from "../kernel/queues.ts";
import type { Sighting } from "../view/timeline.ts";
import type { End } from "./ends.ts";
import { isSealed } from "./sealed.ts";

/** It was freed as what loses nobody's packet. */
export function routineGap(event: Sighting): Gap {
  if (isUpcall(event)) {
    const text = `${event.node.name} handed it to ovs-vswitchd, which was not seen to give it back`;
    return { code: "handed-to-controller", text };
  }
  const isPart = isUntoldListFree(event);
  if (!isPart && !isUnexplainedTcpDrop(event)) {
    return { code: "only-copies-seen", text: "only copies of it were seen" };
  }
  const text =
    `${event.node.name} freed it in ${event.function} and gives no reason: it may have been ${
      isPart ? "a part of a packet that was put together" : "a duplicate"
    }`;
  return { code: "freed-without-reason", text };
}

/** [O8] It was received, and no script saw what became of it. */
export function heldAt(event: Sighting, kind: End["kind"]): Gap {
  const { node, device } = event;
  if (kind === "waiting") {
    const text = `${node.name} held it for want of its next hop's link address at ${device}`;
    return { code: "neighbour-unresolved", text };
  }
  const text = isSealed(event)
    ? `IPsec of ${node.name} encrypts what is for ${event.destination}, so what it made of it is not seen`
    : `${node.name} received it on ${device} and no script saw what became of it`;
  return { code: "held-silently", text };
}
