/** What every topology of the bench has: a client, a server, and nodes that probes watch. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import type { Topology } from "../../../src/lab/topology.ts";
import type { Draw } from "../bench/draw.ts";

/** Where a case is built. */
export interface Site {
  topology: Topology;
  draw: Draw;
}

export interface Host {
  at: Namespace;
  /** The node it belongs to. */
  node: string;
  device: string;
  mac: string;
  four: string;
  six: string;
}

export interface World {
  topology: Topology;
  draw: Draw;
  /** Probed nodes; what is not here nobody watches. */
  nodes: Record<string, Namespace[]>;
  client: Host;
  server: Host;
}

export const DUAL = { ipv6: true } as const;
export const ROUTER = { ipv6: true, forwarding: true } as const;
