/** A question for a link address (ARP, neighbour discovery) that Open vSwitch dropped. */
import { isDatapathReason } from "../../kernel/openvswitch.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { placeOf } from "../evidence.ts";
import { died } from "./aside_death.ts";
import type { Asked } from "./asked.ts";
import { cameBy } from "./question_on_the_way.ts";

/**
 * The last question that the datapath dropped, where no copy of any went on from there: what a switch
 * floods and cannot bring to one of its ports is no loss. What ovs-vswitchd gives back is another skb,
 * so that the arrival is the last one by the same device.
 */
export function stoppedInDatapath(
  subject: Case,
  hop: string,
  questions: readonly Sighting[],
): Asked | null {
  const free = questions.findLast((event) => event.kind === "drop" && isDatapathReason(event));
  if (!free) return null;
  const isThere = ({ node, netns }: Sighting) => node === free.node && netns === free.netns;
  const came = questions.findLast((event) =>
    event.kind === "device-rx" && isThere(event) && event.ifindex === free.ifindex &&
    event.at <= free.at
  );
  const went = questions.some((event) =>
    event.kind === "device-tx" && isThere(event) && event.ifindex !== free.ifindex
  );
  if (!came || went) return null;
  const reached = `; the question came to ${placeOf(came.node, came.netns, came.device ?? "")}`;
  return { ...died(subject, came, free, reached, cameBy(hop, came)), code: "openvswitch-drop" };
}
