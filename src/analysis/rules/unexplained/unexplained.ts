/** A drop of which only the kernel's own words are known. */
import { saysIpv6Disabled } from "../../kernel/routing.ts";
import { givesReason } from "../../kernel/free_reason.ts";
import { sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";

/** Dropped, and nothing more is known. */
export const unexplained: Rule = {
  id: "R99",
  statement:
    "Dropped, and no rule explains it: `unexplained`, with the kernel's reason and function, " +
    "and the setting that asks for it when there is one (IPv6 switched off).",
  yields: ["unexplained"],
  judge(subject) {
    const { event } = subject;
    if (subject.judgement.outcome !== "dropped") return null;
    const said = givesReason(event) ? `reason ${event.reason}` : "no reason";
    const settings = settingsFor(subject);
    return cause(
      "unexplained",
      "proven",
      `the kernel freed it in ${event.function ?? "an unnamed function"} at ${
        place(subject)
      } and gave ${said}`,
      [
        eventEvidence(subject),
        ...settings.map((name) => stateEvidence(subject.node, `${name} = 1`)),
      ],
      unset(subject, settings),
    );
  },
};

/** Settings that ask for such drops and have no code of their own: IPv6 off. */
function settingsFor(subject: Case): string[] {
  const { event } = subject;
  const names = saysIpv6Disabled(event)
    ? ["all", subject.device].map((device) => `net.ipv6.conf.${device}.disable_ipv6`)
    : [];
  return names.filter((name) => sysctl(subject.before, name) === "1");
}

function unset({ node, netns, before: state }: Case, names: readonly string[]): string[] {
  return checked({
    ...{ node, netns, state },
    changes: names.map((name) => ({ do: "set-sysctl", name, value: 0 })),
    passes: (after) => names.every((name) => sysctl(after, name) === "0"),
  });
}
