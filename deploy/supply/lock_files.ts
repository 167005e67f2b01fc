/**
 * Every package that lasthop runs, is built with or is tested with, as the lock files pin it: npm's
 * (`package-lock.json`, version 3) and Deno's (`deno.lock`, version 5).
 */
const ROOT = new URL("../../", import.meta.url).pathname;

/** What the packages of a lock file are for. */
export type Use = "runs" | "deploys" | "tests";

/** Lock files of the repository, relative to its root. A test fails when one is not listed. */
export const LOCK_FILES: Record<string, Use> = {
  "deno.lock": "runs",
  "deploy/bootstrap/package-lock.json": "runs",
  "deploy/workerd/package-lock.json": "runs",
  "deploy/wrangler/package-lock.json": "deploys",
  "deploy/openapi/package-lock.json": "tests",
  "deploy/exports/package-lock.json": "tests",
  "deploy/kubernetes_schemas/package-lock.json": "tests",
  "deploy/sbom/package-lock.json": "tests",
  "test/edge/host/deno.lock": "tests",
  "test/edge_types/deno.lock": "tests",
};

export interface Locked {
  /** The lock file, relative to the repository's root. */
  file: string;
  use: Use;
  name: string;
  version: string;
  /** As in the file, `sha512-…` in base64; absent when the file has none. */
  integrity?: string;
  /** As npm wrote it into its lock file; Deno writes none. */
  licence?: string;
  /** Brought for some platforms only. */
  optional: boolean;
}

interface NpmEntry {
  version: string;
  integrity?: string;
  license?: string;
  optional?: boolean;
  link?: boolean;
}

interface DenoLock {
  npm?: Record<string, { integrity?: string; os?: string[]; cpu?: string[] }>;
  jsr?: Record<string, unknown>;
  remote?: Record<string, unknown>;
}

/**
 * The packages of one lock file.
 *
 * @param file Relative to the repository's root.
 * Throws an Error when the file pins by other means than npm packages, which nothing here checks.
 */
export async function readLock(file: string): Promise<Locked[]> {
  const text = await Deno.readTextFile(`${ROOT}${file}`);
  const use = LOCK_FILES[file] ?? "runs";
  return file.endsWith("deno.lock") ? ofDeno(text, file, use) : ofNpm(text, file, use);
}

/** The packages of all lock files, in the order of `LOCK_FILES`. */
export async function readLocks(): Promise<Locked[]> {
  return (await Promise.all(Object.keys(LOCK_FILES).map(readLock))).flat();
}

function ofNpm(text: string, file: string, use: Use): Locked[] {
  const { packages }: { packages: Record<string, NpmEntry> } = JSON.parse(text);
  return Object.entries(packages).filter(([path]) => path !== "").map(([path, entry]) => ({
    file,
    use,
    name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
    version: entry.version,
    integrity: entry.integrity,
    licence: entry.license,
    optional: entry.optional === true,
  }));
}

function ofDeno(text: string, file: string, use: Use): Locked[] {
  const lock: DenoLock = JSON.parse(text);
  for (const kind of ["jsr", "remote"] as const) {
    if (Object.keys(lock[kind] ?? {}).length === 0) continue;
    throw new Error(`Cannot read ${file}: it pins ${kind} packages, must be npm's alone`);
  }
  return Object.entries(lock.npm ?? {}).map(([key, entry]) => {
    // "preact-render@1.0.0_preact@11.2.0": what follows names its peers.
    const at = key.indexOf("@", 1);
    return {
      file,
      use,
      name: key.slice(0, at),
      version: key.slice(at + 1).split("_")[0]!,
      integrity: entry.integrity,
      optional: entry.os !== undefined || entry.cpu !== undefined,
    };
  });
}

/** One of each name and version, with all its lock files, sorted by name. */
export function distinct(locked: readonly Locked[]): (Locked & { files: string[] })[] {
  const byKey = Map.groupBy(locked, ({ name, version }) => `${name}@${version}`);
  return [...byKey].sort(([a], [b]) => a < b ? -1 : 1).map(([, same]) => ({
    ...same[0]!,
    licence: same.find(({ licence }) => licence !== undefined)?.licence,
    integrity: same.find(({ integrity }) => integrity !== undefined)?.integrity,
    files: [...new Set(same.map(({ file }) => file))],
  }));
}
