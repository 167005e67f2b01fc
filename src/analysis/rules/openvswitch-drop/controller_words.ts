/** Where a flow of Open vSwitch is mended: by whoever wrote it. */
import type { NetnsState } from "../../../event/state.ts";
import type { OpenvSwitchStep } from "../../../event/state_openvswitch.ts";
import { commandAnywhere } from "../command.ts";
import { lookAt } from "../shared/checked.ts";
import { named } from "../word.ts";

/**
 * A thing to look at. No flow is changed here: a controller writes it again. OVN gives a flow the
 * first digits of its logical flow's id as cookie.
 */
export function controllerWords({ openvswitch }: NetnsState, step: OpenvSwitchStep): string[] {
  const { bridge, cookie } = step;
  if (step.logical?.acl !== undefined) {
    const [first] = step.logical.datapaths;
    return [
      ...(first === undefined ? [] : commandAnywhere(["ovn-nbctl", "acl-list", named(first)])),
      ...lookAt(
        "mend the ACL where it was made, as by a network policy: OVN writes its flows again",
      ),
    ];
  }
  if (openvswitch?.managers.includes("OVN")) {
    return lookAt(
      cookie === undefined
        ? `OVN writes the flows of ${bridge}: mend the ACL, route or port that it was made of`
        : `OVN writes the flows of ${bridge}: ovn-sbctl list Logical_Flow shows the one whose id ` +
          `begins with ${
            cookie.slice(2).padStart(8, "0")
          }, and what it was made of, as an ACL; mend that`,
    );
  }
  if (openvswitch?.managers.includes("Antrea")) {
    return lookAt(
      `Antrea writes the flows of ${bridge}: antctl trace-packet shows the policy; mend that`,
    );
  }
  const targets = openvswitch?.bridges.find(({ name }) => name === bridge)?.controllers ?? [];
  const [first] = targets;
  if (first !== undefined) {
    return lookAt(
      `the controller at ${first.target} writes the flows of ${bridge}` +
        `${first.isConnected ? "" : ", and is not connected"}: mend it there`,
    );
  }
  return lookAt(
    `mend it where the flows of ${bridge} are written; what writes them may write them again`,
  );
}
