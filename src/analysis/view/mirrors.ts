/** Where Open vSwitch sends what is to be looked at, or what it knows no port for. */
import { isUnicast } from "../../event/openvswitch_actions.ts";
import type { NetnsState } from "../../event/state.ts";

const NONE: ReadonlySet<string> = new Set();

/** Devices that are there for the copies of mirrors alone: Open vSwitch sends nothing else by them. */
export function mirrorDevices(state: NetnsState | null): ReadonlySet<string> {
  const devices = state?.openvswitch?.bridges.flatMap(({ mirrors = [] }) => mirrors) ?? [];
  return devices.length === 0 ? NONE : new Set(devices);
}

/** Bridges' own devices that are not whom the frame is for: they get it where it is flooded. */
export function ownDevices(state: NetnsState | null, mac: string | undefined): ReadonlySet<string> {
  const bridges = state?.openvswitch?.bridges ?? [];
  if (!state || bridges.length === 0 || mac === undefined || !isUnicast(mac)) return NONE;
  const names = new Set(bridges.map(({ name }) => name));
  return new Set(
    state.links.filter((link) => names.has(link.name) && link.mac !== undefined && link.mac !== mac)
      .map(({ name }) => name),
  );
}
