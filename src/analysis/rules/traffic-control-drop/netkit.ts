/** A netkit device that did not let a packet pass. */
import type { NetnsState } from "../../../event/state.ts";
import { isFreedByNetkit } from "../../kernel/netkit.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/** The gap of a reading without bpftool. */
const PROGRAMS = "tcx and netkit programs";

type Decider = "program" | "policy" | "unknown";

const SAYS: Readonly<Record<Decider, (where: string) => string>> = {
  program: (where) => `netkit's program at ${where}`,
  policy: (where) => `netkit's policy at ${where}`,
  unknown: (where) => `netkit's program at ${where}, or its policy where it has none,`,
};

const EVIDENCE = {
  program: "the policy forward, so that a program refused it",
  policy: "the policy blackhole, and no program",
} as const;

/** The policy is asked where no program decides, and a program may leave it to the policy. */
function deciderAt(
  state: NetnsState | null,
  ifindex: number | undefined,
  name: string,
): Decider {
  const policy = linkOf(state, ifindex, name)?.netkitPolicy;
  if (policy === "forward") return "program";
  // On kernels that have netkit a gap says where nobody could list its programs.
  const hasNone = state !== null && !state.gaps.some(({ what }) => what === PROGRAMS) &&
    !state.filters.some((filter) => filter.kind === "netkit" && filter.device === name);
  return policy === "blackhole" && hasNone ? "policy" : "unknown";
}

/** Netkit's policy or program. */
export const netkit: Rule = {
  id: "R141",
  statement:
    "Freed by netkit on another device than the one that sent it: its peer was up, and the device's " +
    "program, or its policy where no program decides, did not let it pass: `traffic-control-drop`. Which it " +
    "was the policy tells, where it lets all pass; or that no program was listed there by bpftool.",
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
    const by = deciderAt(stateAt(node, sent.netns, sent.at), sent.ifindex, name);
    return cause(
      "traffic-control-drop",
      "proven",
      `${SAYS[by](where)} did not let it pass to ${placeOf(node, event.netns, link.name)}`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${link.name} is a netkit device`),
        ...(by === "unknown" ? [] : [stateEvidence(node, `${name} has ${EVIDENCE[by]}`)]),
      ],
      [
        ...command(node, sent.netns, ["ip", "-d", "link", "show", "dev", device(name)]),
        ...command(node, sent.netns, ["bpftool", "net", "show", "dev", device(name)]),
      ],
    );
  },
};
