/** A packet for another ipvlan device of the same parent, which mode private keeps from it. */
import { isRefusedByIpvlan } from "../../kernel/refusing_devices.ts";
import { cause, type Rule } from "../rule.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { device } from "../word.ts";

/** ipvlan refused to hand it to another of its devices. */
export const ipvlanPrivate: Rule = {
  id: "R109",
  title: "ipvlan in mode private",
  statement:
    "`macvlan-isolation`. An ipvlan device was handed the packet, and freed it in its transmit function, " +
    "not as a drop: that is for another device of its parent, and the flag private keeps them apart. " +
    "Proven where the flag was read, likely where it was not; nothing is said where another flag was.",
  yields: ["macvlan-isolation"],
  judge(subject) {
    const { event, node, netns, link } = subject;
    if (event.tunnelKind !== undefined || !isRefusedByIpvlan(event)) return null;
    const flag = link?.ipvlan?.flag;
    if (flag !== undefined && flag !== "private") return null;
    const mode = link?.ipvlan === undefined ? "" : ` (mode ${link.ipvlan.mode}, ${flag})`;
    return cause(
      "macvlan-isolation",
      flag === undefined ? "likely" : "proven",
      `ipvlan at ${
        place(subject)
      } keeps its devices apart${mode}, and ${event.destination} is on ` +
        "another one of them",
      [
        eventEvidence(subject),
        ...(link ? [stateEvidence(node, `${link.name} is an ${link.kind}${mode}`)] : []),
      ],
      command(node, netns, ["ip", "-d", "link", "show", "dev", device(subject.device)]),
    );
  },
};
