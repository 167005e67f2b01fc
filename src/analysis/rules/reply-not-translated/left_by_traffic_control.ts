/** An answer that filters of tc were to translate back. */
import type { TrafficControlFilter } from "../../../event/state.ts";
import { netnsName } from "../../view/netns_names.ts";
import { isIncomplete, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { packetText, stateEvidence } from "../evidence.ts";
import type { Translation } from "../shared/translated_at.ts";
import { device as deviceWord } from "../word.ts";
import type { Reason } from "./reason.ts";

/**
 * tc translates with connection tracking (act_ct) only what a filter hands it, in each direction: one gave the
 * question its new end, and where the answer passed there is none that hands anything on.
 *
 * What else looks like it: a filter in a block that devices share, which is not read as theirs; where one
 * translates, nothing is said.
 */
export function leftByTrafficControl(
  there: readonly Sighting[],
  { node, netns, to }: Translation,
): Reason | null {
  const into = there.find(({ kind }) => kind === "device-rx");
  const out = there.find(({ kind }) => kind === "device-tx");
  if (into?.device === undefined) return null;
  const state = stateAt(node, netns, into.at);
  if (!state || isIncomplete(state, ["filters"])) return null;
  const filters = state.filters.filter(translates);
  const own = filters.find(({ text }) => text.includes(` nat dst addr ${to.destination} `));
  if (!own || filters.some((filter) => isShared(filter) || isPassed(filter, into, out))) {
    return null;
  }
  const where = `${netnsName(node, netns) || "an unknown netns"} on ${node.name}`;
  return {
    text:
      `a filter of tc translated the question, with connection tracking (ct) at ${own.where} of ` +
      `${own.device} in ${where}, and none at ingress of ${into.device}` +
      `${out?.device === undefined ? "" : ` or egress of ${out.device}`} hands the answer to it`,
    confidence: "likely",
    evidence: [
      {
        node: node.name,
        kind: "event",
        text: `${packetText(into)} came in by ${into.device} and stayed as it was`,
      },
      stateEvidence(node, `${own.device} ${own.where}: ${own.text}`),
    ],
    remedy: command(node, netns, [
      ...["tc", "-s", "filter", "show", "dev", deviceWord(into.device), "ingress"],
    ]),
  };
}

const translates = ({ text }: TrafficControlFilter): boolean => /\bct\b.* nat\b/.test(text);

const isShared = ({ where }: TrafficControlFilter): boolean => /block/.test(where);

const isPassed = (
  { device, where }: TrafficControlFilter,
  into: Sighting,
  out: Sighting | undefined,
): boolean =>
  device === into.device && where === "ingress" || device === out?.device && where === "egress";
