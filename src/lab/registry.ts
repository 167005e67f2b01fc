import { LasthopError } from "../event/error.ts";
import { makeOwnFolder, openLockFile, replaceOwnText } from "../files/own_files.ts";
import { kill, run } from "./process.ts";

/**
 * What a topology made, written down before it is made: a run that is killed leaves a file that
 * says what to take down. One file per topology, under `registryFolder`.
 */
export interface Registration {
  version: 1;
  /** Prefix and lab, for example "lh-i1": every namespace's name starts with it. */
  name: string;
  /** What it was brought up as, for example "I1". */
  lab: string;
  owner: ProcessRef;
  /** Stays up when its owner ends. */
  kept: boolean;
  namespaces: string[];
  processes: ProcessRef[];
}

/**
 * A process. Its pid alone could belong to another process by now; together with its start, in
 * clock ticks since boot as /proc/PID/stat has it, it cannot.
 */
export interface ProcessRef {
  pid: number;
  startTime: string;
}

/** Registrations of this machine, one file for each topology. */
export const registryFolder = "/run/lasthop/labs";
/** Where `ip netns` keeps namespaces by name. */
export const netnsFolder = "/run/netns";

/** A process by its id; undefined when it is gone or a zombie. */
export async function processRef(pid: number): Promise<ProcessRef | undefined> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    // The command's name may hold spaces and parentheses; field 22 counts from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, startTime] = [fields[0], fields[19]];
    return state === "Z" || startTime === undefined ? undefined : { pid, startTime };
  } catch {
    return undefined;
  }
}

/** Whether this very process still runs. */
export async function isAlive(ref: ProcessRef): Promise<boolean> {
  return (await processRef(ref.pid))?.startTime === ref.startTime;
}

/**
 * Writes a registration. Throws LasthopError `lab_exists` when another topology, dead or alive, has
 * its name.
 */
export async function register(registration: Registration): Promise<void> {
  await withRegistry(async () => {
    const held = (await registrations()).some(({ name }) => name === registration.name);
    if (!held) return await update(registration);
    throw new LasthopError(
      "lab_exists",
      `Cannot bring up lab "${registration.lab}": "${registration.name}" is up already, ` +
        `must be taken down first (lasthop lab down ${registration.lab}) or given another prefix`,
    );
  });
}

/**
 * Does work that only one process may do at a time: else one cleans up after a dead lab while
 * another brings it up anew under the same name. The kernel drops the lock of a process that dies.
 */
export async function withRegistry<T>(work: () => Promise<T>): Promise<T> {
  makeOwnFolder(registryFolder);
  using lock = await openLockFile(`${registryFolder}/lock`);
  await lock.lock(true);
  return await work();
}

/** Writes a registration again. A reader sees the old file or the new one, never half of one. */
export async function update(registration: Registration): Promise<void> {
  await replaceOwnText(pathOf(registration.name), JSON.stringify(registration));
}

/** All registrations; one that is removed meanwhile is left out. */
export async function registrations(): Promise<Registration[]> {
  const found: Registration[] = [];
  for (const file of await namesIn(registryFolder)) {
    if (!file.endsWith(".json")) continue;
    try {
      found.push(JSON.parse(await Deno.readTextFile(`${registryFolder}/${file}`)));
    } catch (error) {
      // Gone since it was listed: its owner took it down.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return found;
}

/**
 * Ends the processes of a topology, removes its namespaces, with which its devices go, and then its
 * registration. Resolves with the names of the namespaces it removed. Throws LasthopError
 * `lab_stuck` as `removeNamespaces` does; the registration stays then.
 */
export async function remove(registration: Registration): Promise<string[]> {
  for (const ref of registration.processes) {
    if (await isAlive(ref)) kill(ref.pid);
  }
  const removed = await removeNamespaces(registration.namespaces);
  await removePath(filesOf(registration.name));
  await removePath(pathOf(registration.name));
  return removed;
}

/**
 * Removes those of the namespaces that are there; resolves with their names. Throws LasthopError
 * `lab_stuck` when one is still there afterwards.
 */
export async function removeNamespaces(names: readonly string[]): Promise<string[]> {
  const existing = new Set(await namesIn(netnsFolder));
  const present = names.filter((name) => existing.has(name));
  if (present.length === 0) return [];
  const input = present.map((name) => `netns del ${name}\n`).join("");
  // -force: goes on after a name that somebody else removed meanwhile.
  await run(["ip", "-force", "-batch", "-"], { input });
  const left = new Set(await namesIn(netnsFolder));
  const stuck = present.filter((name) => left.has(name));
  if (stuck.length === 0) return present;
  throw new LasthopError(
    "lab_stuck",
    `Cannot take down the lab: "${stuck.join('", "')}" still there, must be gone`,
  );
}

/**
 * Names in a folder, sorted; none when there is no folder. Throws what Deno does when it may not
 * read it.
 */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A folder for what a topology's programs keep; it goes with the topology. */
export function filesOf(name: string): string {
  return `${registryFolder}/${name}.files`;
}

async function removePath(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

function pathOf(name: string): string {
  return `${registryFolder}/${name}.json`;
}
