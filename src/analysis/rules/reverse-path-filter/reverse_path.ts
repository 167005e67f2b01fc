/** A source that `rp_filter` judges unreachable through the device it came by. */
import { devicesOf } from "../../view/next_hops.ts";
import type { NetnsState } from "../../../event/state.ts";
import { isReversePathDrop } from "../../kernel/routing.ts";
import { routeText, ruleText } from "../../view/routing.ts";
import type { RouteAnswer } from "../../view/routing.ts";
import { sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, stateEvidence, wireSource } from "../evidence.ts";
import { cause, type Finding, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";
import { askedFor, marksCount, modeOf, type WayBack, wayBackOf } from "./way_back.ts";

/** `rp_filter` judged the source unreachable through the arrival device. */
export const reversePathFilter: Rule = {
  id: "R4",
  statement:
    "The kernel's reason is IP_RPFILTER: `reverse-path-filter`, with the sysctls, and the lookup " +
    "as the kernel makes it: from the destination to the source, as if it came in by the device " +
    "the packet would leave by, without a mark unless `src_valid_mark` is 1; then with the one " +
    "that the rules it met gave it. The rule and the table that decided are named. Where the " +
    "tables as read would have let it pass, or a rule asks for a mark, that is said; so is a mark " +
    "that did not count and with which the packet would have passed. Loose mode, or the mark, is " +
    "a remedy only where the same lookup lets the packet pass with it.",
  yields: ["reverse-path-filter"],
  judge(subject) {
    const { event } = subject;
    return event.kind === "drop" && isReversePathDrop(event) ? ofWayBack(subject) : null;
  },
};

/** What refused it, by the settings and the tables of its namespace. */
export function ofWayBack(subject: Case): Finding {
  const { event, before, device } = subject;
  const back = before && wayBackOf(subject, before);
  const mode = modeOf(before, device);
  return cause(
    "reverse-path-filter",
    "proven",
    `${modeText(mode)} refused ${wireSource(event)} on ${place(subject)}: ${
      back ? wayText(subject, back, mode) : "the tables there were not read"
    }`,
    [
      eventEvidence(subject),
      ...settings(subject, back),
      ...(back ? lookups(subject, back) : []),
    ],
    back && mode === 1
      ? remedy(subject, wouldPass(subject, back) ? ["src_valid_mark", 1] : ["rp_filter", 2])
      : [],
  );
}

/** Told where the kernel's own lookup, made with the setting, lets the packet pass. */
function remedy(subject: Case, [setting, value]: [setting: string, value: number]): string[] {
  const { node, netns, before: state, device } = subject;
  const name = `net.ipv4.conf.${device}.${setting}`;
  return checked({
    ...{ node, netns, state },
    changes: [{ do: "set-sysctl", name, value }],
    passes: (after) => isLetPass({ ...subject, before: after }, after),
  });
}

function isLetPass(subject: Case, state: NetnsState): boolean {
  const mode = modeOf(state, subject.device);
  const back = wayBackOf(subject, state);
  if (mode === 2) return isReachable(subject, back);
  return mode === 0 || (back.answer.certain && passes(back.answer, subject.device));
}

function modeText(mode: number | null): string {
  return mode === 1 ? "strict rp_filter" : mode === 2 ? "loose rp_filter" : "rp_filter";
}

/** The sentence's reason, which says no more than the tables do. */
function wayText(subject: Case, back: WayBack, mode: number | null): string {
  const { before, device } = subject;
  const { answer, others } = back;
  const { route, rule } = answer;
  if (passes(answer, device) || (mode === 2 && isReachable(subject, back))) {
    const open = others.find((other) => !passes(other, device))?.rule;
    const why = open
      ? `rule "${ruleText(open)}" asks for ${askedFor(open)}`
      : before && marksCount(before, device)
      ? "they were others when it was refused, or what was not read here had marked it"
      : "they were others when it was refused";
    return `the tables as read have a way back to it that would do (${found(answer)}); ${why}`;
  }
  if (!route && !rule) return `there is no route back to it${undecidedText(answer)}`;
  const through = route ? devicesOf(route).join(" or ") : "";
  const where = through === "" ? "leads nowhere" : `is through ${through}, not ${device}`;
  const bare = mode === 2 && !hasAddress(subject)
    ? `; ${device} has no IPv4 address, without which loose mode is strict`
    : "";
  return `the way back to it ${where} (${found(answer)})${bare}${undecidedText(answer)}${
    ignoredText(subject, back)
  }`;
}

/** With its mark, which did not count, the packet would have passed. */
const wouldPass = ({ device }: Case, { ignored }: WayBack): boolean =>
  ignored !== undefined && ignored.answer.certain && passes(ignored.answer, device);

function ignoredText(subject: Case, { ignored, ...back }: WayBack): string {
  const { device } = subject;
  if (!ignored || !wouldPass(subject, { ...back, ignored })) return "";
  return `; with its mark 0x${ignored.mark.toString(16)} it would be through ${device} (${
    found(ignored.answer)
  }), but that lookup has no mark while src_valid_mark is 0`;
}

const passes = ({ route }: Pick<RouteAnswer, "route">, device: string) =>
  route?.type === "unicast" && devicesOf(route).includes(device);

function undecidedText({ undecided }: RouteAnswer): string {
  const [rule] = undecided;
  return rule ? `; rule "${ruleText(rule)}" before it asks for ${askedFor(rule)}` : "";
}

/** `10.0.0.0/8 dev eth1 table 2, by rule 1000: from 10.0.2.9 lookup 2`. */
export function found({ route, rule }: Pick<RouteAnswer, "route" | "rule">): string {
  const by = rule ? `rule "${ruleText(rule)}"` : "no rule";
  return route ? `${routeText(route)}, by ${by}` : by;
}

function settings(subject: Case, back: WayBack | null) {
  const { before, device, node } = subject;
  const isIgnored = back !== null && wouldPass(subject, back);
  const names = [
    ...["all", device].map((name) => `net.ipv4.conf.${name}.rp_filter`),
    ...(before && (isIgnored || marksCount(before, device))
      ? ["all", device].map((name) => `net.ipv4.conf.${name}.src_valid_mark`)
      : []),
  ];
  return names.flatMap((name) => {
    const value = sysctl(before, name);
    return value === undefined ? [] : [stateEvidence(node, `${name} = ${value}`)];
  });
}

function lookups({ node }: Case, { query, answer, others }: WayBack) {
  const by = query.inputDevice === undefined ? "" : ` iif ${query.inputDevice}`;
  const asked = `lookup of the way back, from ${query.source}${by} to ${query.destination}`;
  const said = answer.route || answer.rule ? found(answer) : "no route";
  return [
    stateEvidence(node, `${asked}: ${said}`),
    ...others.map((other) =>
      stateEvidence(node, `${asked}, if rule "${ruleText(other.rule!)}" matches: ${found(other)}`)
    ),
  ];
}

/** Loose mode lets it pass: some unicast route leads back, and the device has an address. */
function isReachable(subject: Case, { answer }: WayBack): boolean {
  return answer.certain && answer.route?.type === "unicast" && hasAddress(subject);
}

const hasAddress = ({ link }: Case) =>
  link?.addresses.some(({ address }) => !address.includes(":")) ?? false;
