/**
 * What Deno makes of the sources when it runs them first, in the image: a container is new each time, and
 * would spend more than a second of a processor on it before it does anything.
 */
import { join } from "node:path";
import { execa } from "execa";

/** What is run once, and ends by itself: it loads what a probe and an ingest do. */
const RUNS = [
  // Its tether is a standard input that has ended.
  {
    token: "none-in-an-image",
    words: "cluster-ingest --listen 127.0.0.1:0 --data /tmp/warm/data --removes namespaces/none",
  },
  { token: "", words: "probe --ingest http://127.0.0.1:1 --incident none --for 1 --no-archive" },
];
const ENTRIES = ["src/cli/main.ts", "src/ingest/live/analyst_worker.ts"];

/**
 * Fills Deno's folder `cache` of a root, in which the product lies at `home`; both are paths inside. Only
 * for a root of this machine's processor. Throws Error of what runs there where it can't be run at all.
 */
export async function warm(root: string, { home, cache }: { home: string; cache: string }) {
  // The root may have no programs but those of the image, and so no `env`.
  const env = {
    ...{ DENO_DIR: cache, HOME: "/tmp/warm", XDG_STATE_HOME: "/tmp/warm" },
    ...{ PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DENO_NO_UPDATE_CHECK: "1" },
  };
  const inside = async (command: readonly string[], more: Record<string, string> = {}) =>
    await execa("unshare", [
      ...["--mount", "--propagation", "private", "sh", "-c"],
      ...['mount -t proc proc "$0/proc" && exec chroot "$0" "$@"', root, ...command],
    ], {
      ...{ env: { ...env, ...more }, extendEnv: false },
      ...{ stdin: "ignore", reject: false, timeout: 60_000 },
    });
  const deno = `${home}/.tools/deno/deno`;
  const settings = ["--config", `${home}/deno.json`];
  const { exitCode, stderr } = await inside([
    ...[deno, "cache", "--quiet", ...settings],
    ...ENTRIES.map((path) => `${home}/${path}`),
  ]);
  if (exitCode !== 0) throw new Error(`Cannot run Deno in the image's root: ${stderr}`);
  for (const { token, words } of RUNS) {
    const run = [deno, "run", "-A", "--quiet", "--cached-only", ...settings];
    // A probe may not see this machine's kernel from there: how it ends says nothing of the image.
    await inside([...run, `${home}/src/cli/main.ts`, ...words.split(" ")], {
      LASTHOP_TOKEN: token,
    });
  }
  await Deno.remove(join(root, "tmp/warm"), { recursive: true }).catch(() => {});
}
