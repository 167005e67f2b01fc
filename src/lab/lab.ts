import { LasthopError } from "../event/error.ts";
import { cleanUp } from "./clean_up.ts";
import { blueprints } from "./incidents.ts";
import { requireModules } from "./modules.ts";
import { requireOpenvswitch } from "./openvswitch.ts";
import type { Blueprint } from "./scene.ts";
import { Topology } from "./topology.ts";
import type { Exchange } from "./traffic.ts";

/** An incident that is up. */
export interface Lab {
  id: string;
  repaired: boolean;
  /**
   * What --node gets: node name → names of namespaces (as under /run/netns), only the probed ones.
   */
  nodes: { name: string; netns: string[] }[];
  /** A capture filter fitting the incident's traffic, pcap-filter subset, or "". */
  filter: string;
  /**
   * Sends the diary's traffic; resolves when it is sent and replies were awaited. Prints nothing.
   */
  sendTraffic(signal?: AbortSignal): Promise<Exchange[]>;
  down(): Promise<void>;
}

/** How an incident is brought up. */
export interface LabOptions {
  repaired: boolean;
  /** Tells labs apart that are up at once: "lh" and up to twelve letters or digits. */
  prefix?: string;
  /** Stays up when this process ends, until `labDown`. */
  kept?: boolean;
}

/**
 * Brings an incident up, such as "I3"; resolves when every device carries packets and servers are
 * bound. Takes down what crashed runs left. Rejects with LasthopError `lab_unknown` for another id,
 * `not_root`, `module_missing`, `lab_exists` when the same incident is up under this prefix,
 * `lab_build_failed`, `lab_not_ready` or `lab_listener_failed`; nothing stays up then.
 */
export async function labUp(id: string, options: LabOptions): Promise<Lab> {
  const blueprint = blueprintOf(id);
  const { repaired, prefix, kept } = options;
  requireRoot(`bring up lab "${blueprint.id}"`);
  await cleanUp({ kept: false });
  if (blueprint.openvswitch) await requireOpenvswitch(blueprint.id);
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
 * prefix or any; resolves with the namespaces it removed. A lab whose process still runs is left to
 * that process. Rejects with LasthopError `lab_unknown` or `not_root`.
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
