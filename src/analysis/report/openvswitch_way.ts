/** Bridges of Open vSwitch between two devices. */
import type { NetnsState } from "../../event/state.ts";
import type { OpenvSwitchBridge } from "../../event/state_openvswitch.ts";

/** More bridges than anyone chains: a way longer than that is not looked for. */
const BRIDGES_MAX = 8;

/**
 * [H8] Names of the bridges that a packet passed from one port to another, over patch ports. Null
 * where there is no way, or more than one: a tunnel's device serves ports of several bridges.
 */
export function bridgesBetween(
  { openvswitch }: NetnsState,
  from: string,
  to: string,
): string[] | null {
  if (openvswitch === undefined || from === to) return null;
  const { bridges } = openvswitch;
  const having = (device: string) => bridges.filter((bridge) => hasDevice(bridge, device));
  const [ends, ways] = [new Set(having(to)), [] as OpenvSwitchBridge[][]];
  const open = having(from).map((bridge) => [bridge]);
  for (let way = open.pop(); way !== undefined && ways.length < 2; way = open.pop()) {
    const last = way.at(-1)!;
    if (ends.has(last)) ways.push(way);
    if (way.length === BRIDGES_MAX) continue;
    const next = new Set(
      last.ports.flatMap(({ name, peer }) =>
        bridges.filter(({ ports }) =>
          ports.some((port) => port.name === peer && port.peer === name)
        )
      ),
    );
    for (const bridge of next) if (!way.includes(bridge)) open.push([...way, bridge]);
  }
  return ways.length === 1 ? ways[0]!.map(({ name }) => name) : null;
}

const hasDevice = ({ ports }: OpenvSwitchBridge, device: string) =>
  ports.some((port) => port.device === device);
