/** On which UDP ports this machine's tunnels are: those usual in the field, and its own devices'. */
import type { NetnsState } from "../event/state.ts";
import type { RenderOptions } from "./render.ts";

type TunnelPorts = RenderOptions["tunnelPorts"];

/** 8472 is the port Linux and flannel had before IANA gave out 4789. */
const USUAL = { vxlan: [4789, 8472], geneve: [6081], fou: [] } as const;

/** Each port is one comparison for each UDP packet. */
const PORTS_MAX = 16;

export function tunnelPorts(states: readonly NetnsState[]): TunnelPorts {
  const kinds = new Map<number, keyof TunnelPorts>();
  for (const kind of ["vxlan", "geneve", "fou"] as const) {
    for (const port of USUAL[kind]) kinds.set(port, kind);
  }
  for (const { links } of states) {
    for (const { kind, tunnel } of links) {
      if (tunnel?.port === undefined || tunnel.port < 1 || tunnel.port > 65_535) continue;
      const own = kind === "vxlan" || kind === "geneve" ? kind : "fou";
      if (kinds.size < PORTS_MAX || kinds.has(tunnel.port)) kinds.set(tunnel.port, own);
    }
  }
  const of = (wanted: keyof TunnelPorts) =>
    [...kinds].filter(([, kind]) => kind === wanted).map(([port]) => port).sort((a, b) => a - b);
  return { vxlan: of("vxlan"), geneve: of("geneve"), fou: of("fou") };
}
