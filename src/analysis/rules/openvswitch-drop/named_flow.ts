/** Which flow of a bridge made the datapath drop a packet. */
import type { NetnsState } from "../../../event/state.ts";
import type { DatapathFlow, OpenvSwitchStep } from "../../../event/state_openvswitch.ts";
import { isDatapathReason } from "../../kernel/openvswitch.ts";
import { commandAnywhere } from "../command.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";
import { controllerWords } from "./controller_words.ts";
import { floodingOf } from "./flooding.ts";
import { aclText, evidenceOf, flowText } from "./flow_words.ts";
import { handsUp, type Matching } from "../../view/datapath_flows.ts";
import { flowsThatDrop } from "./matching_flow.ts";

/** The flow that the datapath dropped it by, and the tables that made it. */
export const openvswitchFlow: Rule = {
  id: "R117",
  statement:
    "Freed with a reason of Open vSwitch's datapath that flows ask for, where of the flows read of " +
    "the datapath those that the packet fits come from one table: `openvswitch-drop`, with the " +
    "bridge, the table and the flow in it that drops, or that none matches, or the port that is not " +
    "there; where the action NORMAL floods it to nobody, the port that leads to its link address and " +
    "does not carry its VLAN. ovs-vswitchd said so itself, asked by `ofproto/trace` for the packet that the flow of " +
    "the datapath was made for. Where OVN wrote the flows and its databases are on this machine, the " +
    "ACL that was met last is named, when it is one that drops. Proven where all such flows were read after the packet and within the " +
    "time that a flow lives (`max-idle`, ten seconds by default), else likely.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isDatapathReason(event)) return null;
    const matching = flowsThatDrop(subject);
    if (!matching) return null;
    const flooding = floodingOf(subject, matching);
    const decision = flooding ?? decisionOf(matching);
    if (!decision) return null;
    return cause(
      "openvswitch-drop",
      // The kernel frees a sampled copy with that reason, too (R113).
      matching.isComplete && event.reason !== "OVS_DROP_LAST_ACTION" ? "proven" : "likely",
      `Open vSwitch dropped it, as it came in by ${place(subject)}: ${decision.sentence}`,
      [
        eventEvidence(subject),
        ...flooding?.evidence ?? [],
        ...matching.flows.slice(0, 3).flatMap((flow) => evidenceOf(subject, flow)),
      ],
      decision.remedy,
    );
  },
};

/** What the tables of the flows say of a packet, where all of them say the same; else null. */
export function decisionOf(
  { flows, state }: Pick<Matching, "flows" | "state">,
): { sentence: string; remedy: string[] } | null {
  const deciding = flows.map((flow) => decidingStep(flow));
  const [step] = deciding;
  if (!step || !deciding.every((other) => other && isSame(other, step))) return null;
  const acls = flows.map(refusingAcl);
  // Of several ACLs that end in one table nothing tells which one the packet met.
  const acl = acls.every((other) => other && other.match === acls[0]?.match) ? acls[0] : undefined;
  return {
    sentence: acl === undefined ? sentenceOf(step, state) : aclSentence(acl),
    remedy: [
      ...commandAnywhere(["ovs-ofctl", "dump-flows", device(step.bridge), `table=${step.table}`]),
      ...controllerWords(state, acl ?? step),
    ],
  };
}

/** The table that the packet came to nothing in: one that says so, else the last. */
function decidingStep({ steps, actions }: DatapathFlow): OpenvSwitchStep | undefined {
  const saysSo = actions.includes("meter(")
    ? ({ says }: OpenvSwitchStep) => says.some((line) => line.startsWith("meter:"))
    : ({ match, says }: OpenvSwitchStep) =>
      match === undefined || says.some((line) => line === "drop" || line.startsWith(">>"));
  return steps?.findLast(saysSo) ?? steps?.at(-1);
}

/**
 * OVN decides in one table and drops in the next: the last ACL on the way, where it is one that drops,
 * or rejects, which its controller does.
 */
function refusingAcl(flow: DatapathFlow): OpenvSwitchStep | undefined {
  const last = flow.steps?.findLast(({ logical }) => logical?.acl !== undefined);
  const action = last?.logical?.acl?.action;
  return action === "drop" || action === "reject" && handsUp(flow) ? last : undefined;
}

function aclSentence({ logical }: OpenvSwitchStep): string {
  const does = logical!.acl!.action === "reject"
    ? "rejects it, which ovn-controller answers with a reset or an ICMP error"
    : "drops it";
  return `OVN's ACL ${aclText(logical!)} ${does}`;
}

const isSame = (a: OpenvSwitchStep, b: OpenvSwitchStep) =>
  a.bridge === b.bridge && a.table === b.table && a.match === b.match && a.priority === b.priority;

function sentenceOf(step: OpenvSwitchStep, { openvswitch }: NetnsState): string {
  const { bridge, table, match, says } = step;
  const where = `table ${table} of bridge ${bridge}`;
  if (match === undefined) {
    const own = openvswitch?.bridges.find(({ name }) => name === bridge);
    const isSecure = own?.failMode === "secure";
    const gone = (own?.controllers ?? []).filter(({ isConnected }) => !isConnected)
      .map(({ target }) => target).slice(0, 3).join(", ");
    return `no flow of ${where} matches it${isSecure ? ", and the bridge is in secure mode" : ""}${
      gone === "" ? "" : `; its controller ${gone} is not connected`
    }`;
  }
  const flow = `the flow ${flowText(step)} in ${where}`;
  const noted = says.findLast((line) => line.startsWith(">>"))?.slice(2).trim();
  const output = says.findLast((line) => line.startsWith("output:"));
  if (noted !== undefined && /^Nonexistent output port/i.test(noted)) {
    return `${flow} sends it to port ${output?.slice("output:".length) ?? "?"}, which the bridge ` +
      "does not have";
  }
  if (noted !== undefined) return `${flow} (${says[0]}) came to nothing: ${noted}`;
  const meter = says.find((line) => line.startsWith("meter:"));
  if (meter !== undefined) {
    return `it was more than meter ${meter.slice("meter:".length)} allows, which ${flow} asks`;
  }
  if (says.includes("drop")) return `${flow} drops it`;
  const why = says.findLast((line) => line.startsWith("->"))?.slice(2).trim();
  return `its flows end with ${flowText(step)} in ${where}, which sends it nowhere${
    why === undefined ? "" : `: ${why}`
  }`;
}
