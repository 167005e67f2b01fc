/** Programs of Debian packages that are unpacked for a test, and are not installed on this machine. */
import { run } from "../deploy/image/root.ts";

const TOOLS = new URL("../../.tools/debian/", import.meta.url).pathname;

/**
 * A folder that holds what these packages hold, without what they depend on; kept for the next time.
 * Throws Error with what apt says where they are not to be had.
 */
export async function unpacked(name: string, packages: readonly string[]): Promise<string> {
  const home = `${TOOLS}${name}`;
  if (await Deno.stat(home).catch(() => null)) return home;
  await Deno.mkdir(TOOLS, { recursive: true });
  const work = await Deno.makeTempDir({ dir: TOOLS, prefix: `new-${name}-` });
  try {
    const get = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", ...packages];
    await run(["env", "-C", work, ...get]);
    const files = [...Deno.readDirSync(work)].map(({ name }) => `${work}/${name}`);
    for (const file of files) {
      await run(["dpkg-deb", "-x", file, `${work}/root`]);
      await Deno.remove(file);
    }
    // Another run may have been faster.
    await Deno.rename(`${work}/root`, home).catch(() => {});
    return home;
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}
