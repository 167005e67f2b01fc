/**
 * `deno task audit`: asks the registry that npm uses for advisories about every pinned package. Exit
 * 0: none, 1: some, 2: it could not be asked, which proves nothing.
 */
import { execa } from "execa";
import { readLicences } from "./licences.ts";
import { distinct, type Locked, readLocks } from "./lock_files.ts";

/** As the registry answers to npm's own audit. */
interface Advisory {
  title: string;
  severity: string;
  url: string;
  vulnerable_versions: string;
}

export type Answer = { advisories: Map<string, Advisory[]> } | { why: string };

/** What `npm audit` sends: names with all their versions. */
export function question(locked: readonly Locked[]): Record<string, string[]> {
  const byName = Map.groupBy(distinct(locked), ({ name }) => name);
  return Object.fromEntries(
    [...byName].map(([name, same]) => [name, same.map(({ version }) => version)]),
  );
}

/**
 * @param registry With a slash at its end.
 * @returns Advisories by package name, or why the registry did not answer.
 */
export async function askRegistry(
  registry: string,
  asked: Record<string, string[]>,
  doFetch = fetch,
): Promise<Answer> {
  const url = `${registry}-/npm/v1/security/advisories/bulk`;
  try {
    const answer = await doFetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(asked),
      signal: AbortSignal.timeout(30_000),
    });
    if (!answer.ok) return { why: `${url} answered ${answer.status} ${answer.statusText}` };
    return { advisories: new Map(Object.entries(await answer.json())) };
  } catch (error) {
    return { why: `${url}: ${error instanceof Error ? error.message : error}` };
  }
}

/** One line for each advisory, with the lock files that pin the package. */
export function told(advisories: Map<string, Advisory[]>, locked: readonly Locked[]): string[] {
  const pinned = distinct(locked);
  return [...advisories].flatMap(([name, list]) => {
    const own = pinned.filter((one) => one.name === name);
    const where = own.map(({ version, files }) => `${version} in ${files.join(", ")}`).join("; ");
    return list.map(({ severity, title, vulnerable_versions, url }) =>
      `${severity}: ${name} ${vulnerable_versions}: ${title} (${url}); pinned: ${where}`
    );
  });
}

/** What the lock files tell without a registry, in words: it is no word about advisories. */
export function checkedInstead(
  locked: readonly Locked[],
  licences: Readonly<Record<string, string>>,
): string[] {
  const pinned = distinct(locked);
  const named = ({ name, version }: Locked) => `${name}@${version}`;
  const without = (what: string, list: readonly Locked[]) =>
    list.length === 0
      ? `Checked instead: every package has ${what}.`
      : `Checked instead: ${list.map(named).join(", ")} lacks ${what}.`;
  return [
    without(
      "a SHA-512 in its lock file",
      locked.filter(({ integrity }) => !integrity?.startsWith("sha512-")),
    ),
    without(
      "a pinned licence",
      pinned.filter((one) => licences[named(one)] === undefined),
    ),
  ];
}

if (import.meta.main) {
  const locked = await readLocks();
  const asked = question(locked);
  const count = distinct(locked).length;
  const { stdout } = await execa("npm", ["config", "get", "registry"], { stdin: "ignore" });
  const answer = await askRegistry(stdout.trim().replace(/\/*$/, "/"), asked);
  if ("why" in answer) {
    console.error(
      `Not audited: ${answer.why}. No advisory is known or ruled out of ${count} packages.`,
    );
    for (const line of checkedInstead(locked, await readLicences())) console.error(line);
    Deno.exit(2);
  }
  const lines = told(answer.advisories, locked);
  for (const line of lines) console.log(line);
  console.log(`${count} packages asked about, ${lines.length} advisories`);
  Deno.exit(lines.length === 0 ? 0 : 1);
}
