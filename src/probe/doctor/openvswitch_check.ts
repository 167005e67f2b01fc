/** What can be seen of packets in Open vSwitch. */
import type { Capability } from "../kernel/capability.ts";
import type { Told } from "../openvswitch/read.ts";
import type { Check } from "./check.ts";

/** A line for a machine that has it; none for others. */
export function openvswitchCheck(told: Told | undefined, { kernel }: Capability): Check[] {
  if (told === undefined) return [];
  const check = {
    id: "openvswitch",
    what: "Which flow of Open vSwitch dropped it, and the bridges on its way",
    scripts: [],
  };
  const [gap] = told.gaps;
  const { openvswitch } = told;
  if (openvswitch === undefined) {
    return [{ ...check, state: "partly", note: `the datapath's reason alone: ${gap?.why}` }];
  }
  const others = openvswitch.datapaths.filter(({ name }) => !name.startsWith("system@"));
  if (others.length > 0 && others.length === openvswitch.datapaths.length) {
    const note = `${others[0]!.name} forwards without the kernel, which sees nothing of it`;
    return [{ ...check, state: "no", note }];
  }
  const [major = 0, minor = 0] = kernel.split(".").map(Number);
  if (major < 6 || (major === 6 && minor < 7)) {
    const note = "bridges only: before Linux 6.7 what flows drop is freed as done with";
    return [{ ...check, state: "partly", note }];
  }
  if (gap !== undefined) return [{ ...check, state: "partly", note: gap.why }];
  const bridges = openvswitch.bridges.map(({ name }) => name);
  const note = `asked of ovs-vswitchd, ${bridges.length} bridges; not what hardware forwards`;
  return [{ ...check, state: "yes", note }];
}
