/** A question for a link address that a vxlan carried to a group which the holder's vxlan is not in. */
import { isMulticast } from "../../view/address.ts";
import { questionsFor } from "../../view/evidence.ts";
import { type Owner, stateAt } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { device } from "../word.ts";
import type { Asked } from "./asked.ts";

/**
 * The tunnel sent the question to a group, and the device of the same kind and id at the holder's node has
 * another one: its host hears nothing of the first. `own` are the addresses of who asks.
 *
 * What else looks like it: a switch between them that forwards no multicast, where both have one group; a holder
 * with a second device of that id, which has the group; one whose device has no group, and whose host may have
 * joined by other means: of those nothing is said.
 */
export function askedOfAnotherGroup(
  subject: Case,
  hop: string,
  own: ReadonlySet<string>,
  owners: readonly Owner[],
): Asked | null {
  const sent = questionsFor(subject.evidence, hop).findLast((event) =>
    event.kind === "device-tx" && event.tunnelKind !== undefined && own.has(event.source ?? "") &&
    isMulticast(event.tunnelDestination ?? "")
  );
  if (!sent) return null;
  const { tunnelKind, tunnelId, tunnelDestination: group } = sent;
  for (const { node, netns } of owners) {
    const state = stateAt(node, netns, sent.at);
    const alike = state?.links.filter(({ kind, tunnel }) =>
      kind === tunnelKind && tunnel?.id === tunnelId
    ) ?? [];
    if (alike.some(({ tunnel }) => tunnel!.remote === group)) continue;
    const other = alike.find(({ tunnel }) => isMulticast(tunnel!.remote ?? ""));
    if (!other) continue;
    const { name, tunnel } = other;
    return {
      text: `; the question went out in ${tunnelKind} ${tunnelId} to the group ${group}, and ` +
        `${placeOf(node, netns, name)} with that id has the group ${tunnel!.remote}`,
      evidence: [
        {
          node: sent.node.name,
          kind: "event",
          text: `the question for ${hop} left by ${sent.device} to ${group}`,
        },
        stateEvidence(node, `${name}: id ${tunnelId}, group ${tunnel!.remote}`),
      ],
      remedy: command(node, netns, ["ip", "-d", "link", "show", "dev", device(name)]),
      confidence: "likely",
    };
  }
  return null;
}
