/** Programs of this machine that a task runs. */

/** Those that are in no folder of PATH, nor where Debian keeps those for root. */
export function missingPrograms(names: readonly string[]): string[] {
  const folders = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin`.split(":");
  return names.filter((name) => !folders.some((folder) => isFile(`${folder}/${name}`)));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
