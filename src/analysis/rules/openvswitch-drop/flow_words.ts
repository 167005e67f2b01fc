/** How flows read in findings. */
import type { Evidence } from "../../../event/report.ts";
import type { DatapathFlow, OpenvSwitchStep } from "../../../event/state_openvswitch.ts";
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
    ...steps.map((step) =>
      stateEvidence(
        node,
        `ofproto/trace: ${step.bridge} table ${step.table}: ${
          step.match === undefined ? "no match" : flowText(step)
        }${step.says.length === 0 ? "" : ` → ${step.says.join("; ")}`}`,
      )
    ),
  ];
}
