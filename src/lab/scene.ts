import type { Module } from "./modules.ts";
import type { Topology } from "./topology.ts";
import type { Exchange } from "./traffic.ts";

/** An incident in words. */
export interface LabIncident {
  /** As people write it: "I2-inside". */
  id: string;
  title: string;
  /** What goes wrong, in one sentence. */
  summary: string;
  variants: ("broken" | "repaired" | string)[];
  /** Its bridges are of Open vSwitch, which must be installed: built only where that is asked for. */
  openvswitch?: boolean;
}

/** An incident as it can be built: its words, and how it is laid out. */
export interface Blueprint extends LabIncident {
  /** Kernel modules that nothing loads by itself. */
  modules?: readonly Module[];
  /** Notes in an empty topology what the incident is made of; nothing is built yet. */
  build(topology: Topology, repaired: boolean): Scene;
}

/** What is done with an incident once its topology is up. */
export interface Scene {
  /** The nodes that are probed, and their namespaces. The other namespaces have no probe. */
  nodes: { name: string; netns: string[] }[];
  /** A capture filter that fits the traffic. */
  filter: string;
  /** What is to run once the topology is up: servers, Open vSwitch. */
  serve?(): Promise<unknown>;
  /** Sends what the incident is about, and waits for the replies. */
  traffic(signal?: AbortSignal): Promise<Exchange[]>;
}
