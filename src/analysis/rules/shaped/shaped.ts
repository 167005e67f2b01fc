/** A queueing discipline that holds packets back. */
import type { Qdisc } from "../../../event/state.ts";
import { longestOf } from "../../exchange/hold.ts";
import { isQueueDrop } from "../../kernel/queues.ts";
import { netnsName } from "../../view/netns_names.ts";
import { shaperAt } from "../../view/shaper.ts";
import type { Sighting } from "../../view/timeline.ts";
import { packetText, stateEvidence } from "../evidence.ts";
import type { ExchangeCase, ExchangeRule } from "../exchange_case.ts";
import { cause, type Finding } from "../rule.ts";
import { longestAnswerWait } from "./answer_wait.ts";

/** A wait shorter than this is what any queue costs, ns. */
const HELD_NS = 20e6;

/**
 * The exchange went on, and a shaper on its way dropped or held packets of it.
 *
 * What else looks like it: a full queue without a rate (R32 tells of its drops); a packet that waits
 * for its next hop's link address (no shaper at that device); a busy processor. The device that the
 * packet went to has a shaper, by the state as read.
 */
export const shaped: ExchangeRule = {
  id: "R95",
  statement:
    "The exchange was answered or slow, and a shaper (tbf, htb, hfsc, cake, netem) at a device " +
    "on its way dropped packets of it or held one for 20 ms or longer: `shaped`, proven, with the " +
    "shaper's settings, its drops and the longest wait. Likely where an echo reply left by such a device 190 ms or " +
    "later after its request had come: the kernel answers at once.",
  yields: ["shaped"],
  find({ exchange }) {
    if (exchange.outcome !== "slow" && exchange.outcome !== "answered") return null;
    const packets = [exchange.question, ...exchange.answers].flatMap((flow) => flow.packets);
    const drops = packets.map(({ end }) => end.step.event)
      .filter((event) => event.kind === "drop" && isQueueDrop(event));
    const held = longestOf(packets);
    const at = held && held.ns >= HELD_NS ? held.after : undefined;
    // By the last one, after which the drops that it counted were read.
    const place = drops.map(shapedAt).findLast((found) => found !== null) ?? (at && shapedAt(at));
    if (!place) return lateAnswer(exchange);
    const { event, qdisc } = place;
    const here = drops.filter((drop) => drop.node === event.node && drop.netns === event.netns);
    const host = `${netnsName(event.node, event.netns)} on ${event.node.name}`;
    const said = [
      ...(here.length > 0
        ? [`dropped ${here.length} ${here.length === 1 ? "packet" : "packets"} of it`]
        : []),
      ...(at && at.node === event.node ? [`held one for ${Math.round(held!.ns / 1e6)} ms`] : []),
    ].join(" and ");
    return cause(
      "shaped",
      "proven",
      `${qdisc.kind} ${qdisc.handle} at ${qdisc.device} in ${host} (${qdisc.text}) ${said}`,
      [
        ...(here[0] ? [seen(here[0], "was dropped by it")] : []),
        ...(at && at.node === event.node
          ? [seen(at, `left ${Math.round(held!.ns / 1e6)} ms late`)]
          : []),
        stateEvidence(
          event.node,
          `qdisc ${qdisc.kind} ${qdisc.handle} dev ${qdisc.device}: ${qdisc.text}; ${qdisc.drops} drops in all`,
        ),
      ],
    );
  },
};

/** The queue of the answerer's device holds what its kernel has answered at once. */
function lateAnswer({ question, answers }: ExchangeCase["exchange"]): Finding | null {
  const wait = longestAnswerWait(question.packets, answers.flatMap(({ packets }) => packets));
  const place = wait && shapedAt(wait.left);
  if (!wait || !place) return null;
  const { event, qdisc } = place;
  const late = `left ${Math.round(wait.ns / 1e6)} ms after it was asked for`;
  return cause(
    "shaped",
    "likely",
    `${qdisc.kind} ${qdisc.handle} at ${qdisc.device} in ${
      netnsName(event.node, event.netns)
    } on ${event.node.name} (${qdisc.text}) held an answer, which ${late}`,
    [
      seen(event, late),
      stateEvidence(
        event.node,
        `qdisc ${qdisc.kind} ${qdisc.handle} dev ${qdisc.device}: ${qdisc.text}`,
      ),
    ],
  );
}

const seen = (event: Sighting, what: string) => ({
  node: event.node.name,
  kind: "event" as const,
  text: `${packetText(event)} ${what} at ${event.device ?? "?"}`,
});

function shapedAt(event: Sighting): { event: Sighting; qdisc: Qdisc } | null {
  const qdisc = shaperAt(event);
  return qdisc ? { event, qdisc } : null;
}
