/** Answers that a host must send on, because it had translated the question. Rule O39. */
import { formKey, formOf, reverse } from "../correlate/identity.ts";
import type { Sighting } from "../view/timeline.ts";
import { type Judgement, revise } from "./judgement.ts";

/**
 * [O39] Takes back that a socket has an answer (O3), where it was received and no more, on a host that had
 * given the question its own address: such an answer is translated back and sent on. It waits, for the
 * link address of the one who asked or in a queue.
 *
 * What looks alike: the answer to a question of the host's own, which nothing translated; one that conntrack
 * did not know any more, which is freed for want of a socket.
 */
export function doubtUntranslated(judgements: readonly Judgement[]): void {
  const received = judgements.filter(({ outcome, end: { kind, step } }) =>
    outcome === "delivered" && kind === "taken" && step.event.kind === "device-rx"
  );
  if (received.length === 0) return;
  const answers = new Set(judgements.flatMap(answersToTranslated));
  for (const judgement of received) {
    const { event } = judgement.end.step;
    if (!answers.has(keyOf(event, formKey(formOf(event))))) continue;
    const text =
      `${event.node.name} had translated what it answers, and was not seen to send it on`;
    revise(judgement, "O39", { outcome: "unknown", gap: { code: "held-silently", text } });
  }
}

const keyOf = ({ node, netns }: Sighting, form: string) => `${node.name} ${netns} ${form}`;

/** Where a packet left with another source than it had come with: what answers it there, as it comes back. */
function answersToTranslated({ packet }: Judgement): string[] {
  if (packet.forms.size < 2) return [];
  const events = packet.chains.flatMap((chain) => chain.events);
  return events.filter((sent) =>
    sent.kind === "device-tx" && sent.tunnelKind === undefined &&
    events.some((other) =>
      other.kind === "device-rx" && other.node === sent.node && other.netns === sent.netns &&
      other.tunnelKind === undefined && other.source !== sent.source
    )
  ).map((sent) => keyOf(sent, formKey(reverse(formOf(sent)))));
}
