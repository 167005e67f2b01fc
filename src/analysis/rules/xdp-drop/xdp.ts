/** An XDP program that dropped the packet. */
import type { Link } from "../../../event/state.ts";
import { isFreedByXdpRunner, saysXdp } from "../../kernel/xdp.ts";
import type { NodeView } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { programOwner } from "../shared/other_owners.ts";
import { device } from "../word.ts";
import { lastState } from "../../view/state_view.ts";

/** An XDP program dropped it. */
export const xdp: Rule = {
  id: "R31",
  statement: "The kernel's reason is XDP, or it vanished into a device with an XDP program: " +
    "`xdp-drop`. The reason is also that of what a program was seen to drop in a driver (script " +
    "`xdp_driver`).",
  yields: ["xdp-drop"],
  judge(subject) {
    const { event, judgement } = subject;
    const isRun = isFreedByXdpRunner(event) && subject.link?.xdp?.length;
    if (event.kind === "drop" && (saysXdp(event) || isRun)) {
      const programs = subject.link?.xdp ?? [];
      return cause(
        "xdp-drop",
        "proven",
        `an XDP program at ${place(subject)} dropped it`,
        [
          eventEvidence(subject),
          ...programs.map((program) =>
            stateEvidence(
              subject.node,
              `${subject.device}: XDP ${program.mode ?? ""} program ${program.id ?? ""} ${
                program.name ?? ""
              }`.trim(),
            )
          ),
        ],
        subject.link ? withoutXdp(subject.node, subject.netns, subject.link) : [],
      );
    }
    const awaited = judgement.awaited;
    if (judgement.outcome !== "vanished" || !awaited?.link.xdp?.length) return null;
    const where = placeOf(awaited.node, awaited.netns, awaited.link.name);
    const program = awaited.link.xdp[0]!;
    return cause(
      "xdp-drop",
      "likely",
      `it left ${
        place(subject)
      } and never came out of ${where}, where an XDP program runs before anything that can be traced`,
      [
        eventEvidence(subject),
        stateEvidence(
          awaited.node,
          `${where}: XDP ${program.mode ?? ""} program ${program.id ?? ""} ${program.name ?? ""}`
            .trim(),
        ),
      ],
      withoutXdp(awaited.node, awaited.netns, awaited.link),
    );
  },
};

/** A program of a controller is changed there; else what is attached is detached, by its mode. */
function withoutXdp(node: NodeView, netns: number | undefined, { name, xdp = [] }: Link): string[] {
  const show = command(node, netns, ["ip", "-d", "link", "show", "dev", device(name)]);
  const owner = programOwner(xdp.map((program) => program.name ?? "").join(" "));
  if (owner) return [...lookAt(owner), ...show];
  const modes = [...new Set(xdp.map(({ mode }) => mode ?? ""))];
  const lines = checked({
    ...{ node, netns },
    state: lastState(node, netns),
    changes: modes.map((mode) => ({ do: "detach-xdp", device: name, mode })),
    passes: ({ links }) => links.some((link) => link.name === name && !link.xdp?.length),
  });
  return lines.length > 0 ? lines : show;
}
