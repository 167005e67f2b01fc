/**
 * Neighbours (`ip -j neigh`), forwarding databases (`bridge -j fdb`) and VLANs (`bridge -j vlan`).
 */
import { z } from "zod";
import type { FdbEntry, Link, Neighbour } from "../../event/state.ts";
import { clip } from "./bounds.ts";
import { int, str } from "./values.ts";

/** A row of `ip -j neigh` (iproute2 6.1 to 7.x), or of `ip -j neigh show proxy`. */
export const NeighbourRow = z.object({
  dst: z.string(),
  dev: z.string(),
  lladdr: str,
  state: z.array(z.string()).optional(),
  proxy: z.unknown().optional(),
  router: z.unknown().optional(),
  extern_learn: z.unknown().optional(),
});

/** A row of the snapshot from one of the tool. */
export function neighbour(row: z.infer<typeof NeighbourRow>): Neighbour {
  return {
    address: clip(row.dst, 64),
    device: clip(row.dev, 255),
    ...(row.lladdr === undefined ? {} : { mac: clip(row.lladdr, 32) }),
    states: row.state ?? [],
    ...(row.proxy === undefined ? {} : { proxy: true }),
  };
}

/** A row of `bridge -j fdb show`. */
export const FdbRow = z.object({
  mac: z.string(),
  ifname: z.string(),
  dst: str,
  port: z.union([z.number().int(), z.string()]).optional(),
  vni: int,
  vlan: int,
  master: str,
  flags: z.array(z.string()).optional(),
  state: str,
});
type FdbRow = z.infer<typeof FdbRow>;

/**
 * A device's own multicast filter, which `bridge fdb` lists too: nothing is forwarded by it, and on
 * a node it is most of the output.
 */
export function isMulticastFilter(row: FdbRow): boolean {
  const multicast = (Number.parseInt(row.mac.slice(0, 2), 16) & 1) === 1;
  return multicast && row.dst === undefined && (row.flags ?? []).includes("self");
}

/** A row of the snapshot from one of the tool. */
export function fdbEntry(row: FdbRow): FdbEntry {
  const port = Number(row.port);
  return {
    device: clip(row.ifname, 255),
    mac: clip(row.mac, 32),
    ...(row.dst === undefined ? {} : { destination: clip(row.dst, 64) }),
    ...(Number.isInteger(port) ? { port } : {}),
    ...(row.vni === undefined ? {} : { vni: row.vni }),
    ...(row.vlan === undefined ? {} : { vlan: row.vlan }),
    ...(row.master === undefined ? {} : { master: clip(row.master, 255) }),
    flags: [...(row.flags ?? []), ...(row.state ? [row.state] : [])],
  };
}

/** The VLANs of one device, as `bridge -c -j vlan show` prints them. */
export const VlanRow = z.object({
  ifname: z.string(),
  vlans: z.array(z.object({
    vlan: z.number().int(),
    vlanEnd: int,
    flags: z.array(z.string()).optional(),
  })).optional(),
});

/** Neighbouring ids with the same flags become one range, whether or not the kernel did it. */
export function portVlans(row: z.infer<typeof VlanRow>): NonNullable<Link["vlans"]> {
  const out: NonNullable<Link["vlans"]> = [];
  for (const one of row.vlans ?? []) {
    const pvid = one.flags?.includes("PVID") ?? false;
    const untagged = one.flags?.includes("Egress Untagged") ?? false;
    const last = out.at(-1);
    const end = one.vlanEnd ?? one.vlan;
    const adjoins = last !== undefined && (last.idEnd ?? last.id) + 1 === one.vlan;
    if (adjoins && !pvid && !last.pvid && (last.untagged ?? false) === untagged) {
      last.idEnd = end;
      continue;
    }
    out.push({
      id: one.vlan,
      ...(end === one.vlan ? {} : { idEnd: end }),
      ...(pvid ? { pvid } : {}),
      ...(untagged ? { untagged } : {}),
    });
  }
  return out;
}
