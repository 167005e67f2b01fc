import { blueprints } from "./incidents.ts";
import {
  isAlive,
  namesIn,
  netnsFolder,
  type Registration,
  registrations,
  remove,
  removeNamespaces,
  withRegistry,
} from "./registry.ts";

/** Which labs to take down. */
export interface CleanUp {
  /** Only the labs of this incident, such as "I1"; all labs where absent. */
  lab?: string;
  /** Only labs under this prefix. */
  prefix?: string;
  /** Also labs that were meant to outlive their process. */
  kept: boolean;
}

/** Removes labs whose process is gone; resolves with the names of the namespaces it removed. */
export function cleanUp(options: CleanUp): Promise<string[]> {
  return withRegistry(() => cleanUpAlone(options));
}

async function cleanUpAlone({ lab, prefix = "", kept }: CleanUp): Promise<string[]> {
  // Names are read before registrations: who makes a namespace has registered it first, so a name
  // without a registration has lost its owner for certain.
  const names = await namesIn(netnsFolder);
  const known = await registrations();
  const removed: string[] = [];
  for (const registration of known) {
    if (lab !== undefined && registration.lab !== lab) continue;
    if (prefix !== "" && !registration.name.startsWith(`${prefix}-`)) continue;
    if (await isWanted(registration, kept)) continue;
    removed.push(...await remove(registration));
  }
  removed.push(...await removeNamespaces(orphans(names, known, lab, prefix)));
  return removed.sort();
}

async function isWanted(registration: Registration, kept: boolean): Promise<boolean> {
  if (registration.kept) return !kept;
  return await isAlive(registration.owner);
}

/** Namespaces named as an incident's, which no registration holds. */
export function orphans(
  names: readonly string[],
  known: readonly Pick<Registration, "name">[],
  lab?: string,
  prefix = "",
): string[] {
  const labs = blueprints.map(({ id }) => id).filter((id) => lab === undefined || id === lab);
  const pattern = new RegExp(`^${prefix || "lh[a-z0-9]*"}-(?:${labs.join("|").toLowerCase()})-`);
  return names.filter((name) =>
    pattern.test(name) && !known.some((registration) => name.startsWith(`${registration.name}-`))
  );
}
