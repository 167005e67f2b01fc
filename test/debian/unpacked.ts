/**
 * Programs of this distribution, without installing them: packages are unpacked into a folder under
 * `.tools/`, the machine stays as it is.
 */
import { execa } from "execa";

const TOOLS = new URL("../../.tools", import.meta.url).pathname;

/** Runs a program with these arguments; `input` is its stdin. Rejects with what it said. */
export type Running = (args: readonly string[], input?: string) => Promise<string>;

/** What is wanted. */
export interface Wanted {
  /** The package. */
  name: string;
  /** Where the program is in it, such as `usr/bin/tshark`. */
  program: string;
  /** Packages that it needs to run are unpacked, too. */
  withDependencies: boolean;
}

/** The program, installed or unpacked (then `root` is where), or why there is none. */
export async function programOrWhy(
  wanted: Wanted,
): Promise<{ run: Running; root?: string; why?: undefined } | { run?: undefined; why: string }> {
  const name = wanted.program.slice(wanted.program.lastIndexOf("/") + 1);
  const installed = await execa(name, ["--version"], { reject: false, stdin: "ignore" });
  if (installed.exitCode === 0) return { run: running(name, {}) };
  try {
    const root = await unpacked(wanted);
    const libraries = [`${root}/usr/lib/x86_64-linux-gnu`, `${root}/usr/lib/aarch64-linux-gnu`];
    const run = running(`${root}/${wanted.program}`, { LD_LIBRARY_PATH: libraries.join(":") });
    await run(["--version"]);
    return { run, root };
  } catch (error) {
    return { why: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

const running =
  (program: string, env: Record<string, string>): Running => async (args, input = "") => {
    const { all, stdout, exitCode } = await execa(program, args, {
      reject: false,
      all: true,
      input,
      env: { ...env, HOME: "/nonexistent", LC_ALL: "C.UTF-8" },
    });
    if (exitCode !== 0) throw new Error(`${program} ${args.join(" ")}: ${all}`);
    return String(stdout);
  };

/** The folder with the packages. Rejects where apt has none. */
async function unpacked({ name, program, withDependencies }: Wanted): Promise<string> {
  const root = `${TOOLS}/${name}`;
  if (await Deno.stat(`${root}/${program}`).catch(() => null)) return root;
  await Deno.mkdir(TOOLS, { recursive: true });
  const work = await Deno.makeTempDir({ dir: TOOLS, prefix: `new-${name}-` });
  try {
    const names = withDependencies ? await missingWith(name) : [name];
    const download = ["-o", "APT::Sandbox::User=root", "download", ...names];
    await execa("apt-get", download, { cwd: work, stdin: "ignore" });
    for await (const { name: file } of Deno.readDir(work)) {
      if (!file.endsWith(".deb")) continue;
      await execa("dpkg-deb", ["--extract", file, `${work}/root`], { cwd: work, stdin: "ignore" });
    }
    // Programs that find their files by where they are themselves look for all of them in one folder.
    await Deno.symlink("../etc", `${work}/root/usr/etc`).catch(() => {});
    // Another run may have been faster.
    await Deno.rename(`${work}/root`, root).catch(() => {});
    return root;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The package and what it needs that this machine lacks. */
async function missingWith(name: string): Promise<string[]> {
  const plan = ["install", "--simulate", "--no-install-recommends", name];
  const { stdout } = await execa("apt-get", plan, { stdin: "ignore" });
  return [...String(stdout).matchAll(/^Inst (\S+) /gm)].map(([, found = ""]) => found);
}
