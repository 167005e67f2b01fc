/** A Debian root made from its packages, as containers and fresh machines have it. */

/** The release that images are made of. */
const RELEASE = "bookworm";

/** Runs a program to its end; its standard output. Throws with what it said when it fails. */
export async function run(
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const [file, ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(file!, { args, env, stdin: "null" })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${command.join(" ")}: ${text(stderr).slice(-2_000)}`);
  return text(stdout);
}

/** Whether a program is installed. */
export async function has(program: string): Promise<boolean> {
  const args = ["-c", 'command -v "$0"', program];
  return (await new Deno.Command("sh", { args, stdout: "null" }).output()).success;
}

/** Packages of `deploy/bootstrap/packages.txt` that are there for one of the needs. */
export async function packagesFor(...needs: string[]): Promise<string[]> {
  const list = new URL("../../../deploy/bootstrap/packages.txt", import.meta.url);
  const rows = (await Deno.readTextFile(list)).split("\n").map((line) => line.split(/\s+/));
  return rows.filter(([need]) => needs.includes(need!)).map(([, , name]) => name!);
}

/** Makes a root, a folder or a .tar, of Debian's essential packages, apt, and `packages`. */
export async function makeRoot(path: string, packages: readonly string[]): Promise<void> {
  const include = packages.length === 0 ? [] : [`--include=${packages.join(",")}`];
  await run([
    ...["mmdebstrap", "--variant=minbase", '--aptopt=APT::Install-Recommends "false"'],
    ...[...include, RELEASE, path],
  ]);
}
