import type { Module } from "./modules.ts";
import type { Topology } from "./topology.ts";
import type { Exchange } from "./traffic.ts";

export interface LabIncident {
  id: string;
  title: string;
  summary: string;
  variants: ("broken" | "repaired" | string)[];
}

/** An incident as it can be built: its words, and how it is laid out. */
export interface Blueprint extends LabIncident {
  /** Kernel modules that nothing loads by itself. */
  modules?: readonly Module[];
  /** Writes the incident down in an empty topology; nothing exists yet. */
  build(topology: Topology, repaired: boolean): Scene;
}

export interface Scene {
  /** The probed nodes: name → namespaces. What is not here is watched by nobody. */
  nodes: { name: string; netns: string[] }[];
  filter: string;
  /** Servers to start once the topology is up. */
  serve?(): Promise<unknown>;
  traffic(signal?: AbortSignal): Promise<Exchange[]>;
}
