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

export interface CleanUp {
  /** Only this incident's; all topologies where absent. */
  lab?: string;
  /** Only those under this prefix. */
  prefix?: string;
  /** Also those that were meant to outlive their process. */
  kept: boolean;
}

/** Removes what nobody owns any more; returns the namespaces that went. */
export function cleanUp(options: CleanUp): Promise<string[]> {
  return withRegistry(() => cleanUpAlone(options));
}

async function cleanUpAlone({ lab, prefix = "", kept }: CleanUp): Promise<string[]> {
  // Names before registrations: whoever makes a namespace has registered it first, so one that no
  // registration explains has lost its owner for certain.
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
