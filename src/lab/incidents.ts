import { i1 } from "./i1.ts";
import { i1Ovs } from "./i1_ovs.ts";
import { i2, i2Inside } from "./i2.ts";
import { i2InsideOvs, i2Ovs } from "./i2_ovs.ts";
import { i3 } from "./i3.ts";
import { i4 } from "./i4.ts";
import type { Blueprint, LabIncident } from "./scene.ts";

/** All incidents that a lab can show, in the order in which they are listed. */
export const blueprints: readonly Blueprint[] = [
  ...[i1, i2, i2Inside, i3, i4],
  ...[i1Ovs, i2Ovs, i2InsideOvs],
];

/** The words of all incidents, for `lasthop lab`. */
export function listIncidents(): LabIncident[] {
  return blueprints.map(({ id, title, summary, variants, openvswitch = false }) => ({
    ...{ id, title, summary, variants },
    ...(openvswitch ? { openvswitch } : {}),
  }));
}
