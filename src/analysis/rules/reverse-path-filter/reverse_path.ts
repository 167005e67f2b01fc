/** A source that `rp_filter` judges unreachable through the device it came by. */
import { isReversePathDrop } from "../../kernel/routing.ts";
import { lookUpRoute, routeText } from "../../view/routing.ts";
import { sysctl } from "../../view/state_view.ts";
import { command, setDevice } from "../command.ts";
import { eventEvidence, place, stateEvidence, wireSource } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** `rp_filter` judged the source unreachable through the arrival device. */
export const reversePathFilter: Rule = {
  id: "R4",
  statement:
    "The kernel's reason is IP_RPFILTER: `reverse-path-filter`, with the sysctls and the " +
    "route back.",
  yields: ["reverse-path-filter"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isReversePathDrop(event)) return null;
    const all = sysctl(subject.before, "net.ipv4.conf.all.rp_filter");
    const own = sysctl(subject.before, `net.ipv4.conf.${subject.device}.rp_filter`);
    const source = wireSource(event);
    const evidence = [eventEvidence(subject)];
    if (all !== undefined) {
      evidence.push(stateEvidence(subject.node, `net.ipv4.conf.all.rp_filter = ${all}`));
    }
    if (own !== undefined) {
      evidence.push(
        stateEvidence(subject.node, `net.ipv4.conf.${subject.device}.rp_filter = ${own}`),
      );
    }
    const back = subject.before && lookUpRoute(subject.before, { destination: source });
    const way = back?.route ? routeText(back.route) : "there is none";
    if (back) evidence.push(stateEvidence(subject.node, `route back to ${source}: ${way}`));
    return cause(
      "reverse-path-filter",
      "proven",
      `rp_filter refused ${source} on ${
        place(subject)
      }: the route back to it is not through ${subject.device} (${way})`,
      evidence,
      [
        ...setDevice(subject, "rp_filter", 2),
        ...(all === "1"
          ? command(subject.node, subject.netns, ["sysctl", "-w", "net.ipv4.conf.all.rp_filter=2"])
          : []),
      ],
    );
  },
};
