/**
 * tshark of this distribution, without installing it: its packages are unpacked into a folder under
 * `.tools/`, the machine stays as it is.
 */
import { execa } from "execa";

const TOOLS = new URL("../../.tools", import.meta.url).pathname;

/** Runs tshark with these arguments. Rejects with what it said. */
export type Tshark = (...args: string[]) => Promise<string>;

/** tshark, or why there is none. */
export async function tsharkOrWhy(): Promise<{ tshark?: Tshark; why?: string }> {
  const installed = await execa("tshark", ["--version"], { reject: false, stdin: "ignore" });
  if (installed.exitCode === 0) return { tshark: running("tshark", {}) };
  try {
    const root = await unpacked();
    const libraries = [`${root}/usr/lib/x86_64-linux-gnu`, `${root}/usr/lib/aarch64-linux-gnu`];
    const env = { LD_LIBRARY_PATH: libraries.join(":") };
    const tshark = running(`${root}/usr/bin/tshark`, env);
    await tshark("--version");
    return { tshark };
  } catch (error) {
    return { why: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

const running = (program: string, env: Record<string, string>): Tshark => async (...args) => {
  const { stdout, stderr, exitCode } = await execa(program, args, {
    reject: false,
    stdin: "ignore",
    env: { ...env, HOME: "/nonexistent", LC_ALL: "C.UTF-8" },
  });
  if (exitCode !== 0) throw new Error(`tshark ${args.join(" ")}: ${stderr}`);
  return String(stdout);
};

/** The folder with the packages of tshark that this machine lacks. Rejects where apt has none. */
async function unpacked(): Promise<string> {
  const root = `${TOOLS}/tshark`;
  if (await Deno.stat(`${root}/usr/bin/tshark`).catch(() => null)) return root;
  await Deno.mkdir(TOOLS, { recursive: true });
  const work = await Deno.makeTempDir({ dir: TOOLS, prefix: "new-tshark-" });
  try {
    const plan = ["install", "--simulate", "--no-install-recommends", "tshark"];
    const { stdout } = await execa("apt-get", plan, { stdin: "ignore" });
    const names = [...String(stdout).matchAll(/^Inst (\S+) /gm)].map(([, name = ""]) => name);
    const download = ["-o", "APT::Sandbox::User=root", "download", ...names];
    await execa("apt-get", download, { cwd: work, stdin: "ignore" });
    for await (const { name } of Deno.readDir(work)) {
      if (!name.endsWith(".deb")) continue;
      await execa("dpkg-deb", ["--extract", name, `${work}/root`], { cwd: work, stdin: "ignore" });
    }
    // Another run may have been faster.
    await Deno.rename(`${work}/root`, root).catch(() => {});
    return root;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
