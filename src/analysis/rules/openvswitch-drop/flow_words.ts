/** How flows read in findings. */
import type { Evidence } from "../../../event/report.ts";
import type {
  DatapathFlow,
  LogicalFlow,
  OpenvSwitchStep,
} from "../../../event/state_openvswitch.ts";
import type { Case } from "../case.ts";
import { stateEvidence } from "../evidence.ts";

/** `"ip,nw_src=10.0.0.1", priority 300, cookie 0x1a,`, as `ofproto/trace` writes it. */
export function flowText({ match, priority, cookie }: OpenvSwitchStep): string {
  const of = [
    match === "" ? "for every packet" : `"${match}"`,
    ...(priority === undefined ? [] : [`priority ${priority}`]),
    ...(cookie === undefined ? [] : [`cookie ${cookie}`]),
  ];
  return of.join(", ");
}

/** The flow of the datapath and the tables that made it. */
export function evidenceOf({ node }: Case, flow: DatapathFlow): Evidence[] {
  const { match, actions, packets, steps = [], stepsInAll = 0 } = flow;
  const left = stepsInAll - steps.length;
  return [
    stateEvidence(
      node,
      `flow of the datapath: ${match}, actions ${actions || "none"}, ${packets} packets`,
    ),
    ...(left > 0 ? [stateEvidence(node, `${left} tables were asked before these`)] : []),
    ...steps.flatMap((step) => [
      stateEvidence(
        node,
        `ofproto/trace: ${step.bridge} table ${step.table}: ${
          step.match === undefined ? "no match" : flowText(step)
        }${step.says.length === 0 ? "" : ` → ${step.says.join("; ")}`}`,
      ),
      ...(step.logical === undefined ? [] : [stateEvidence(node, logicalText(step.logical))]),
    ]),
  ];
}

/** `"no-pings" of sw0 (to-lport, priority 1001: icmp4)`. */
export function aclText({ acl, datapaths }: LogicalFlow): string {
  const { name, direction, priority, match } = acl!;
  const named = name === undefined ? "" : `"${name}" `;
  return `${named}of ${datapathText(datapaths)} (${direction}, priority ${priority}: ${match})`;
}

function logicalText(logical: LogicalFlow): string {
  const { stage, match, datapaths, acl } = logical;
  const made = acl === undefined
    ? ""
    : `, made of the ACL ${aclText(logical)}, which is to ${acl.action}`;
  return `OVN: logical flow of ${datapathText(datapaths)}, stage ${stage}: ${match}${made}`;
}

const datapathText = (names: readonly string[]) => names.join(", ") || "a switch";
