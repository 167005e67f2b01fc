/** A drop of which only the kernel's own words are known. */
import { saysIpv6Disabled } from "../../kernel/routing.ts";
import { isUnansweredEcho6 } from "../../kernel/sockets.ts";
import { givesReason } from "../../kernel/free_reason.ts";
import { sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { deviceSetting, type Word } from "../word.ts";

/** Dropped, and nothing more is known. */
export const unexplained: Rule = {
  id: "R99",
  statement:
    "Dropped, and no rule explains it: `unexplained`, with the kernel's reason and function, " +
    "and the setting that asks for it when there is one (IPv6 switched off, echo requests " +
    "ignored).",
  yields: ["unexplained"],
  judge(subject) {
    const { event } = subject;
    if (subject.judgement.outcome !== "dropped") return null;
    const said = givesReason(event) ? `reason ${event.reason}` : "no reason";
    const setting = settingFor(subject);
    return cause(
      "unexplained",
      "proven",
      `the kernel freed it in ${event.function ?? "an unnamed function"} at ${
        place(subject)
      } and gave ${said}`,
      [
        eventEvidence(subject),
        ...setting.map(({ name }) => stateEvidence(subject.node, `${name} = 1`)),
      ],
      setting.flatMap(({ word }) => command(subject.node, subject.netns, ["sysctl", "-w", word])),
    );
  },
};

/** Settings that ask for such drops and have no code of their own: IPv6 off, echo requests ignored. */
function settingFor(subject: Case): { name: string; word: Word }[] {
  const { event } = subject;
  const names = saysIpv6Disabled(event)
    ? ["all", subject.device].map((device) => ({
      name: `net.ipv6.conf.${device}.disable_ipv6`,
      word: deviceSetting("ipv6", device, "disable_ipv6", 0),
    }))
    : isUnansweredEcho6(event)
    ? [{ name: "net.ipv6.icmp.echo_ignore_all", word: "net.ipv6.icmp.echo_ignore_all=0" }]
    : [];
  return names.filter(({ name }) => sysctl(subject.before, name) === "1");
}
