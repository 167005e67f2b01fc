/**
 * Licences of all packages, pinned in licences.json beside this file. `deno task licences` writes it
 * anew: from the lock file, else from the package's own package.json, which the registry tells.
 */
import { execa } from "execa";
import { distinct, readLocks } from "./lock_files.ts";

const FILE = new URL("licences.json", import.meta.url).pathname;

/**
 * Licences whose terms lasthop keeps. Of an SPDX expression with OR one must be here, of one with
 * AND all. LGPL: libvips beside sharp, which wrangler brings for its own use; nothing is linked to it.
 */
export const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MPL-2.0",
  // argparse's, for js-yaml beside openapi-typescript: permissive, and in no artefact.
  "Python-2.0",
  "LGPL-3.0-or-later",
]);

/** By "name@version": an SPDX licence or expression. */
export type Licences = Record<string, string>;

export async function readLicences(): Promise<Licences> {
  return JSON.parse(await Deno.readTextFile(FILE));
}

/** Whether an SPDX expression of names, AND, OR and parentheses is within `ALLOWED`. */
export function isAllowed(expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, "$1");
  return bare.split(/ OR /i).some((choice) =>
    choice.split(/ AND /i).every((name) => ALLOWED.has(name.replaceAll(/[()]/g, "").trim()))
  );
}

/** What the registry says of a package's licence. Throws an Error when it says none. */
async function askRegistry(key: string): Promise<string> {
  const { stdout } = await execa("npm", ["view", key, "license"], { stdin: "ignore" });
  if (stdout.trim() === "") throw new Error(`Cannot pin licences: ${key} names none`);
  return stdout.trim();
}

if (import.meta.main) {
  const known = await readLicences().catch(() => ({} as Licences));
  const pinned: Licences = {};
  for (const { name, version, licence } of distinct(await readLocks())) {
    const key = `${name}@${version}`;
    pinned[key] = licence ?? known[key] ?? await askRegistry(key);
  }
  await Deno.writeTextFile(FILE, JSON.stringify(pinned, null, 2) + "\n");
  console.log(`${Object.keys(pinned).length} packages in ${FILE}`);
}
