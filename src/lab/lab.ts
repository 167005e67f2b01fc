import { LasthopError } from "../event/error.ts";
import { cleanUp } from "./clean_up.ts";
import { blueprints } from "./incidents.ts";
import { requireModules } from "./modules.ts";
import type { Blueprint } from "./scene.ts";
import { Topology } from "./topology.ts";
import type { Exchange } from "./traffic.ts";

export interface Lab {
  id: string;
  repaired: boolean;
  /** What --node gets: node name → names of namespaces (as under /run/netns), only the probed ones. */
  nodes: { name: string; netns: string[] }[];
  /** A capture filter fitting the incident's traffic, pcap-filter subset, or "". */
  filter: string;
  /** Sends the diary's traffic; resolves when it is sent and replies were awaited. Prints nothing. */
  sendTraffic(signal?: AbortSignal): Promise<Exchange[]>;
  down(): Promise<void>;
}

export interface LabOptions {
  repaired: boolean;
  /** Tells labs apart that are up at once: "lh" and up to twelve letters or digits. */
  prefix?: string;
  /** Stays up when this process ends, until `labDown`. */
  kept?: boolean;
}

export async function labUp(id: string, options: LabOptions): Promise<Lab> {
  const blueprint = blueprintOf(id);
  const { repaired, prefix, kept } = options;
  requireRoot(`bring up lab "${blueprint.id}"`);
  await cleanUp({ kept: false });
  await requireModules(blueprint.modules ?? []);
  const name = blueprint.id.toLowerCase();
  const topology = new Topology({ name, lab: blueprint.id, prefix, kept });
  const scene = blueprint.build(topology, repaired);
  try {
    await topology.apply();
    await scene.serve?.();
  } catch (error) {
    await topology.down();
    throw error;
  }
  return {
    id: blueprint.id,
    repaired,
    nodes: scene.nodes,
    filter: scene.filter,
    sendTraffic: (signal) => scene.traffic(signal),
    down: async () => void await topology.down(),
  };
}

/**
 * Takes down what crashed runs left and what was kept, of one incident or of all, under one
 * prefix or any; returns the namespaces it removed. Labs whose process still runs are theirs to take down.
 */
export async function labDown(
  id?: string,
  options: { prefix?: string } = {},
): Promise<string[]> {
  const lab = id === undefined ? undefined : blueprintOf(id).id;
  requireRoot("take down labs");
  return await cleanUp({ lab, prefix: options.prefix, kept: true });
}

function blueprintOf(id: string): Blueprint {
  const found = blueprints.find((blueprint) => blueprint.id.toLowerCase() === id.toLowerCase());
  if (found) return found;
  const known = blueprints.map((blueprint) => blueprint.id).join(", ");
  throw new LasthopError(
    "lab_unknown",
    `Cannot find lab: "${id}" is no incident, must be one of ${known}`,
    2,
  );
}

function requireRoot(action: string): void {
  const uid = Deno.uid();
  if (uid === 0) return;
  throw new LasthopError("not_root", `Cannot ${action}: user id is ${uid}, must be 0 (root)`);
}
