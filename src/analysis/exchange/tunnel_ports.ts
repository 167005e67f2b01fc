/** Datagrams that a device of a tunnel took, of which it is not known what is inside. Rule X1. */
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { stateAt } from "../view/state_view.ts";

/**
 * [X1] All of them arrived where a tunnel's device has the port that they are for. Such a device answers nobody:
 * what it carries is a question of others, which is seen by itself where it can be read (not in macsec).
 */
export const isTakenByTunnel = ({ packets }: FlowGroup): boolean =>
  packets.length > 0 && packets.every(wasTaken);

function wasTaken({ outcome, steps, end }: Judgement): boolean {
  if (outcome !== "delivered") return false;
  const { node, destinationPort } = end.step.event;
  const came = steps.map(({ event }) => event).findLast((event) =>
    event.kind === "device-rx" && event.node === node
  );
  if (!came || destinationPort === undefined) return false;
  const links = stateAt(node, came.netns, came.at)?.links ?? [];
  return links.some(({ tunnel }) => tunnel?.port === destinationPort);
}
