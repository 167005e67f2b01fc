/** A host that had a packet's destination while it was watched, and has it no more. */
import { saysForwardingOff } from "../../kernel/routing.ts";
import { rfc3339 } from "../../view/rfc3339.ts";
import { lostBy, ownersThen } from "../../view/presence.ts";
import { ownersOf } from "../../view/state_view.ts";
import { wallMsAt } from "../../view/time_of_day.ts";
import { netnsName } from "../../view/netns_names.ts";
import { eventEvidence, stateEvidence, wireDestination } from "../evidence.ts";
import { forwardingDisabled } from "../ip-forwarding-disabled/forwarding_disabled.ts";
import { noRoute } from "../no-route/no_route.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";
import { thenOf } from "../shared/then.ts";

/** How a packet dies that is not for this host any more. */
const MISSED: readonly Rule[] = [forwardingDisabled, noRoute];

/**
 * An address that is removed takes its secondary ones with it (`promote_secondaries` off), and a lease that runs
 * out its address: to the kernel the packet is for another host then, which it is not to forward.
 *
 * What else looks like it: a router that never had the address (no reading had it: R1, R2); an address that another
 * host has taken over meanwhile (that one has it: the frame went to the wrong host); one that was removed before the
 * trace began (nothing tells of it: R1).
 */
export const addressRemoved: Rule = {
  id: "R243",
  title: "An address that its host has no more",
  statement:
    "R1 or R2 holds, or IPv4 says the like (`IP_INADDRERRORS` in `ip_error`), a device of the same namespace had the destination by a reading before and has it no more by " +
    "the next one, and no probed device has it then: `destination-gone`, proven.",
  yields: ["destination-gone"],
  judge(subject) {
    const { event, node, netns, world } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    // Between two readings the tables have it still: then the kernel's word alone says that it is not here.
    const isMissed = saysForwardingOff(event) ||
      MISSED.some((rule) => rule.judge(subject) !== null);
    if (!isMissed) return null;
    const address = wireDestination(event);
    const had = ownersOf([node], address).filter((owner) => owner.netns === netns).map((owner) => ({
      device: owner.link.name,
      absence: lostBy(owner, address, event.at),
    })).find(({ absence }) => absence?.sign === "other" || absence?.sign === "device");
    if (!had?.absence) return null;
    const then = thenOf(subject);
    if (ownersThen(world.network, address, then).some((owner) => owner.netns !== netns)) {
      return null;
    }
    const where = `${netnsName(node, netns)} on ${node.name}`;
    const since = rfc3339(wallMsAt(node, had.absence.from));
    return cause(
      "destination-gone",
      "proven",
      `${where} had ${address} at ${had.device} and has it no more, since ${since} at the latest: ` +
        "what is for it is for another host there",
      [
        eventEvidence(subject),
        stateEvidence(node, `${had.device} of ${where} had ${address}`),
        stateEvidence(node, `it was read without it at ${since}`),
      ],
      lookAt(`find what took ${address} from ${had.device}: it was there while this was watched`),
    );
  },
};
