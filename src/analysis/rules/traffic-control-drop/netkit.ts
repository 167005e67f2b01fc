/** A netkit device that did not let a packet pass. */
import { isFreedByNetkit } from "../../kernel/netkit.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/** Netkit's policy or program. */
export const netkit: Rule = {
  id: "R141",
  statement:
    "Freed by netkit on another device than the one that sent it: its peer was up, and the device's " +
    "program, or its policy where it has none, did not let it pass: `traffic-control-drop`.",
  yields: ["traffic-control-drop"],
  judge(subject) {
    const { event, node, link, judgement } = subject;
    if (!isFreedByNetkit(event) || link?.kind !== "netkit") return null;
    const sent = judgement.steps.findLast((step) => step.event.kind === "device-tx")?.event;
    // Without a peer, or with one that is down, it is freed before it is put on the peer.
    if (sent === undefined || sent.node !== node || sent.skb !== event.skb) return null;
    if (sent.ifindex === event.ifindex && sent.netns === event.netns) return null;
    const name = sent.device ?? "?";
    const where = placeOf(node, sent.netns, name);
    return cause(
      "traffic-control-drop",
      "proven",
      `netkit's program at ${where}, or its policy where it has none, did not let it pass to ${
        placeOf(node, event.netns, link.name)
      }`,
      [eventEvidence(subject), stateEvidence(node, `${link.name} is a netkit device`)],
      [
        ...command(node, sent.netns, ["ip", "-d", "link", "show", "dev", device(name)]),
        ...command(node, sent.netns, ["bpftool", "net", "show", "dev", device(name)]),
      ],
    );
  },
};
