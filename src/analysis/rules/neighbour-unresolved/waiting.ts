/** A packet that still waits for the link address of its next hop. */
import { gapOf, PACKET_SCRIPTS, since } from "../../view/coverage.ts";
import { lookUpRoute } from "../../view/routing.ts";
import { neighbourOf, stateAfter } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { askedHops } from "../shared/asked_hop.ts";
import { ASKED_CODES, askedFor } from "../shared/neighbour_question.ts";
import { address, device } from "../word.ts";

/** It waits for the next hop's link address, which nobody gives. */
export const waitingForNeighbour: Rule = {
  id: "R41",
  statement: "It waits for a next hop whose neighbour entry is INCOMPLETE or FAILED: " +
    "`neighbour-unresolved`, `likely`.",
  yields: ["neighbour-unresolved", ...ASKED_CODES],
  judge(subject) {
    const { event, judgement } = subject;
    if (judgement.end.kind !== "silent" && judgement.end.kind !== "waiting") return null;
    // After lost events nothing follows from silence.
    const watched = gapOf(subject.node, PACKET_SCRIPTS, since(event)) === null;
    if (judgement.end.kind === "silent" && !watched) return null;
    const state = stateAfter(event.node, subject.netns, event.at);
    if (!state) return null;
    const destination = wireDestination(event);
    const { route } = lookUpRoute(state, { destination });
    if (!route || route.type !== "unicast") return null;
    const [next] = askedHops(subject, route, destination);
    if (!next) return null;
    const hop = next.address;
    const entry = neighbourOf(event.node, subject.netns, hop, next.device);
    if (!entry || !entry.states.some((s) => s === "INCOMPLETE" || s === "FAILED")) return null;
    const holder = askedFor(subject, hop, next.device ?? "");
    return cause(
      holder.code ?? "neighbour-unresolved",
      "likely",
      `it waits in ${placeOf(subject.node, subject.netns, next.device ?? "")} for ${hop}${
        holder.isUnsent
          ? `'s link address; ${holder.text}`
          : `, which does not answer${holder.text}`
      }`,
      [
        eventEvidence(subject),
        stateEvidence(
          subject.node,
          `neighbour ${hop} dev ${next.device}: ${entry.states.join(",")}`,
        ),
        ...holder.evidence,
      ],
      holder.remedy.length > 0 ? holder.remedy : command(subject.node, subject.netns, [
        "ip",
        "neigh",
        "show",
        address(hop),
        "dev",
        device(next.device),
      ]),
    );
  },
};
