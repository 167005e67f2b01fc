/** An XDP program that dropped the packet. */
import { isFreedByXdpRunner, saysXdp } from "../../kernel/xdp.ts";
import { command } from "../command.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/** An XDP program dropped it. */
export const xdp: Rule = {
  id: "R31",
  statement: "The kernel's reason is XDP, or it vanished into a device with an XDP program: " +
    "`xdp-drop`.",
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
        command(subject.node, subject.netns, [
          "ip",
          "link",
          "set",
          "dev",
          device(subject.device),
          "xdp",
          "off",
        ]),
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
      command(awaited.node, awaited.netns, [
        "ip",
        "link",
        "set",
        "dev",
        device(awaited.link.name),
        "xdp",
        "off",
      ]),
    );
  },
};
