/** IPv6 that came in by a device that takes none. */
import { isFreedAtIpv6Entry, saysIpv6Disabled } from "../../kernel/routing.ts";
import { sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";
import { device } from "../word.ts";

/** Bytes: RFC 8200 wants it of every link, and Linux gives IPv6 to no device with less. */
const IPV6_MTU_MIN = 1280;

/**
 * What else looks like it: without a reason the same function frees packets with a broken header, so
 * that there the setting, or the MTU, must have been read.
 */
export const ipv6Disabled: Rule = {
  id: "R147",
  statement:
    "Freed as IPv6 on a device that takes none, by reason, or without one where IPv6 begins and " +
    "`disable_ipv6` is 1 or the MTU is below 1280: `ipv6-disabled`, with what asks for it.",
  yields: ["ipv6-disabled"],
  judge(subject) {
    const { event, node, netns, link } = subject;
    if (event.kind !== "drop") return null;
    const isSaid = saysIpv6Disabled(event);
    if (!isSaid && !isFreedAtIpv6Entry(event)) return null;
    const settings = settingsFor(subject);
    // The reason is given for the setting alone, also on a device with too small an MTU.
    const isNarrow = !isSaid && link !== undefined && link.mtu < IPV6_MTU_MIN;
    if (!isSaid && settings.length === 0 && !isNarrow) return null;
    const why = settings.length > 0
      ? `: ${settings.map((name) => `${name} is 1`).join(", ")}`
      : isNarrow
      ? `: its MTU is ${link.mtu}, and IPv6 needs ${IPV6_MTU_MIN}`
      : "";
    return cause(
      "ipv6-disabled",
      isSaid ? "proven" : "likely",
      `${place(subject)} takes no IPv6${why}`,
      [
        eventEvidence(subject),
        ...settings.map((name) => stateEvidence(node, `${name} = 1`)),
        ...(isNarrow ? [stateEvidence(node, `${link.name} has MTU ${link.mtu}`)] : []),
      ],
      settings.length === 0 && isNarrow
        ? command(node, netns, ["ip", "link", "show", "dev", device(link.name)])
        : unset(subject, settings),
    );
  },
};

/** The setting that switches it off: the device's own decides, and that of all is written to each device. */
function settingsFor({ device: name, before }: Case): string[] {
  const own = `net.ipv6.conf.${name}.disable_ipv6`;
  const deciding = sysctl(before, own) === undefined ? "net.ipv6.conf.all.disable_ipv6" : own;
  return sysctl(before, deciding) === "1" ? [deciding] : [];
}

function unset({ node, netns, before: state }: Case, names: readonly string[]): string[] {
  return checked({
    ...{ node, netns, state },
    changes: names.map((name) => ({ do: "set-sysctl", name, value: 0 })),
    passes: (after) => names.every((name) => sysctl(after, name) === "0"),
  });
}
