/** Where Open vSwitch sends copies to be looked at. */
import type { NetnsState } from "../../event/state.ts";

const NONE: ReadonlySet<string> = new Set();

/** Devices that are there for the copies of mirrors alone: Open vSwitch sends nothing else by them. */
export function mirrorDevices(state: NetnsState | null): ReadonlySet<string> {
  const devices = state?.openvswitch?.bridges.flatMap(({ mirrors = [] }) => mirrors) ?? [];
  return devices.length === 0 ? NONE : new Set(devices);
}
