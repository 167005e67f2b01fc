/**
 * On which UDP ports this machine's tunnels are: those usual in the field, and its own devices'.
 */
import type { NetnsState } from "../../event/state.ts";

/** UDP ports by what is in their packets, each list ascending. `fou` is IP right after UDP. */
export interface TunnelPorts {
  vxlan: readonly number[];
  geneve: readonly number[];
  fou: readonly number[];
}

/** One UDP port, and the kind of tunnel that is expected on it. */
export interface TunnelPort {
  kind: keyof TunnelPorts;
  port: number;
}

/** 8472 is the port Linux and flannel had before IANA gave out 4789. */
const USUAL: readonly TunnelPort[] = [
  { kind: "vxlan", port: 4789 },
  { kind: "vxlan", port: 8472 },
  { kind: "geneve", port: 6081 },
];

/** Ports at most: each costs one comparison for each UDP packet. */
const PORTS_MAX = 16;

/** Ports of the tunnel devices of a namespace, as its own links tell them. */
export function tunnelPortsOf({ links }: NetnsState): TunnelPort[] {
  return links.flatMap(({ kind, tunnel }) => {
    const port = tunnel?.port;
    if (port === undefined || port < 1 || port > 65_535) return [];
    return [{ kind: kind === "vxlan" || kind === "geneve" ? kind : "fou", port }];
  });
}

/** The usual ports and those of devices. A device on a usual port decides what the port is for. */
export function tunnelPorts(own: readonly TunnelPort[]): TunnelPorts {
  const kinds = new Map<number, keyof TunnelPorts>();
  for (const { port, kind } of [...USUAL, ...own]) {
    if (kinds.size < PORTS_MAX || kinds.has(port)) kinds.set(port, kind);
  }
  const of = (wanted: keyof TunnelPorts) =>
    [...kinds].filter(([, kind]) => kind === wanted).map(([port]) => port).sort((a, b) => a - b);
  return { vxlan: of("vxlan"), geneve: of("geneve"), fou: of("fou") };
}
