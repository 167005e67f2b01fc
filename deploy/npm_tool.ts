/**
 * Programs from npm that lasthop itself does without: pinned by a lock file in a folder of deploy/,
 * kept under `.tools/` once they are there.
 */
import { execa } from "execa";

const HERE = new URL(".", import.meta.url).pathname;
const TOOLS = new URL("../.tools", import.meta.url).pathname;

/** The `node_modules` of deploy/NAME, installed when it must be. Throws when npm can't. */
export async function npmTool(name: string): Promise<string> {
  const lock = await Deno.readFile(`${HERE}${name}/package-lock.json`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", lock)).slice(0, 8).toHex();
  const home = `${TOOLS}/${name}-${hash}`;
  if (await Deno.stat(home).catch(() => null)) return `${home}/node_modules`;
  await Deno.mkdir(TOOLS, { recursive: true });
  const work = await Deno.makeTempDir({ dir: TOOLS, prefix: `new-${name}-` });
  try {
    for (const file of ["package.json", "package-lock.json"]) {
      await Deno.copyFile(`${HERE}${name}/${file}`, `${work}/${file}`);
    }
    const args = ["ci", "--prefix", work, "--ignore-scripts", "--no-audit", "--no-fund"];
    const { exitCode, stderr, shortMessage } = await execa(
      "npm",
      [...args, "--prefer-offline", "--fetch-retries=1"],
      { reject: false, stdin: "ignore", stdout: "ignore" },
    );
    if (exitCode !== 0) {
      const said = /npm error (?!code)(.*)/.exec(String(stderr))?.[1] ?? shortMessage;
      throw new Error(`Cannot install ${name}: ${said}`);
    }
    await Deno.chmod(work, 0o755);
    // Another run may have been faster.
    await Deno.rename(work, home).catch(() => {});
    return `${home}/node_modules`;
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

/** The same for tests: the reason instead of an error. */
export async function npmToolOrWhy(
  name: string,
): Promise<{ modules: string; why?: undefined } | { modules?: undefined; why: string }> {
  try {
    return { modules: await npmTool(name) };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

/** The engine for this machine's processor. */
export async function workerdBinary(): Promise<string> {
  const platform = Deno.build.arch === "aarch64" ? "workerd-linux-arm64" : "workerd-linux-64";
  const binary = `${await npmTool("workerd")}/@cloudflare/${platform}/bin/workerd`;
  // To npm the package of one platform is optional: it calls its absence a success.
  if (await Deno.stat(binary).catch(() => null)) return binary;
  throw new Error(`Cannot install workerd: npm brought no @cloudflare/${platform}`);
}
