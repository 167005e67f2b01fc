/** Which VLANs ports of Open vSwitch carry, as its database was read. */
import type { OpenvSwitchPort } from "../../event/state_openvswitch.ts";

/** The VLAN that a port puts a frame in; 0: none. Undefined: the port takes no such frame. */
export function vlanIn({ vlan }: OpenvSwitchPort, tag: number | undefined): number | undefined {
  const isPlain = tag === undefined || tag === 0;
  if (vlan === undefined) return tag ?? 0;
  if (vlan.mode === "access") return isPlain ? vlan.tag : undefined;
  if (vlan.mode === "dot1q-tunnel") return vlan.tag;
  return isPlain ? vlan.tag ?? 0 : tag;
}

/** It sends frames of this VLAN; 0: those of none. */
export function carriesVlan({ vlan }: OpenvSwitchPort, id: number): boolean {
  if (vlan === undefined) return true;
  if (vlan.mode === "access" || vlan.mode === "dot1q-tunnel") return vlan.tag === id;
  return vlan.tag === id || vlan.trunks === undefined ||
    vlan.trunks.some((range) => range.id <= id && id <= (range.idEnd ?? range.id));
}

/** `VLAN 10`, as sentences have it. */
export const vlanText = (id: number): string => id === 0 ? "no VLAN" : `VLAN ${id}`;

/** `its mode is access, tag 20`. */
export function settingText({ vlan }: OpenvSwitchPort): string {
  if (vlan === undefined) return "it is a trunk of all VLANs";
  const trunks = vlan.trunks?.map(({ id, idEnd }) => idEnd === undefined ? id : `${id}-${idEnd}`);
  const of = [
    ...(vlan.tag === undefined ? [] : [`tag ${vlan.tag}`]),
    ...(trunks === undefined || vlan.mode === "access" ? [] : [`trunks ${trunks.join(",")}`]),
  ];
  return `its mode is ${vlan.mode}${of.length === 0 ? "" : `, ${of.join(", ")}`}`;
}
