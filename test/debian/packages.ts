/** Programs that tests need, and lasthop itself does not. */
import { run } from "../../src/lab/process.ts";

/** Debian packages, and the program that shows that one is there. */
export const PROGRAM_OF: Record<string, string> = {
  "bind9-dnsutils": "dig",
  "conntrack": "conntrack",
  "curl": "curl",
  "ethtool": "ethtool",
  "iputils-arping": "arping",
};

/** Installs the packages whose program is missing. Throws when that fails. */
export async function requirePackages(packages: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of new Set(packages)) {
    const program = PROGRAM_OF[name] ?? name;
    const { exitCode } = await run(["sh", "-c", `command -v ${program}`]);
    if (exitCode !== 0) missing.push(name);
  }
  if (missing.length === 0) return;
  console.error(`tests: installing ${missing.join(", ")}`);
  await apt(["update"]);
  await apt(["install", "--yes", "--no-install-recommends", ...missing]);
}

async function apt(words: readonly string[]): Promise<void> {
  const command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...words];
  const { exitCode, stderr } = await run(command, { timeoutMs: 300_000 });
  if (exitCode !== 0) throw new Error(`Cannot install for the tests: ${stderr.trim()}`);
}
