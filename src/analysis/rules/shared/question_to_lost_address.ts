/** Questions for a link address that come to a host which had the address, and has lost it. */
import { goneSince } from "../../view/presence.ts";
import { lastState, linkOf, type Owner, ownsAddress } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { device } from "../word.ts";
import type { Asked } from "./asked.ts";
import { secondsText } from "./seconds.ts";

/**
 * [R9] The question came to who had the address by then no more, both by that node's own clock: an IPv6
 * address goes with its link (`keep_addr_on_down` is 0) and does not come back with it, a lease ends.
 * A namespace that ended takes no question, and of a device that is there no more another rule tells.
 */
export function lostBefore(owner: Owner, hop: string, question: Sighting): Asked | null {
  const { node, netns, link } = owner;
  const absence = goneSince(owner, hop, { event: question, copies: () => [] });
  if (absence === null || absence.sign !== "other" || absence.from > question.at) return null;
  const place = placeOf(node, netns, link.name);
  const before = secondsText((question.at - absence.from) / 1e9);
  return {
    text: `; the question reached ${place}, which had ${hop} and lost it`,
    evidence: [
      { node: node.name, kind: "event", text: `the question for ${hop} came in by ${link.name}` },
      stateEvidence(
        node,
        `${hop} was at ${place}, and was not there any more ${before} before the question came`,
      ),
    ],
    remedy: command(node, netns, ["ip", "addr", "show", "dev", device(link.name)]),
  };
}

/** Who has an address, or had it when it was read first, and not any more when it was read last. */
export function wasRead({ node, netns, link }: Owner, hop: string): string {
  const place = placeOf(node, netns, link.name);
  const last = lastState(node, netns);
  return linkOf(last, link.ifindex) && !ownsAddress(last, hop)
    ? `${hop} was at ${place}, which had it no more when it was read last`
    : `${hop} is at ${place}`;
}
