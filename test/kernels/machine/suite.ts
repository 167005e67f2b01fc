/** Packages of other releases of Debian, from this machine's own mirror, its package lists untouched. */
import { execa } from "execa";

/** A mirror that stands still has lists of sid that are older than sid's own limit of some days. */
const READING = { "Acquire::Check-Valid-Until": "false" };

const KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** A release of Debian that packages are taken from. */
export interface Suite {
  /** The line of a sources file. */
  source: string;
  /** Settings of apt for whoever reads it. */
  settings: [string, string][];
  /** Options by which apt uses this release alone. */
  apt: string[];
}

/** Makes what apt needs in a folder, and reads the release's lists. Rejects with what apt says. */
export async function openSuite(name: string, folder: string): Promise<Suite> {
  const source = `deb [signed-by=${KEYS}] ${await mirror()} ${name} main`;
  await Deno.mkdir(`${folder}/lists/partial`, { recursive: true });
  await Deno.mkdir(`${folder}/cache/archives/partial`, { recursive: true });
  await Deno.writeTextFile(`${folder}/sources.list`, `${source}\n`);
  // No package counts as installed: those of the machine are of another release.
  await Deno.writeTextFile(`${folder}/status`, "");
  const settings = {
    "Dir::Etc::sourcelist": `${folder}/sources.list`,
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": `${folder}/lists`,
    "Dir::State::status": `${folder}/status`,
    "Dir::Cache": `${folder}/cache`,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    ...READING,
  };
  const apt = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  await execa("apt-get", [...apt, "-q", "update"], { stdin: "ignore" });
  return { source, settings: Object.entries(READING), apt };
}

/**
 * Downloads the kernel that a release calls its newest of a kind, by the package that depends on it,
 * and unpacks it into a folder. Gives its version, as `uname -r` will.
 */
export async function unpackKernel(
  { apt }: Suite,
  newest: string,
  folder: string,
): Promise<string> {
  const { stdout } = await execa("apt-cache", [...apt, "show", newest]);
  const name = /linux-image-(\d[^ ,(]*-amd64)/.exec(stdout)?.[1];
  if (name === undefined) throw new Error("Cannot find a kernel: no package depends on one");
  // sid splits off the modules and the image itself.
  const parts = ["image", "modules", "base", "binary"].map((part) => `linux-${part}-${name}`);
  const known = await execa("apt-cache", [...apt, "pkgnames", "linux-"]);
  const names = new Set(known.stdout.split("\n"));
  const work = await Deno.makeTempDir({ prefix: "lasthop-kernel-" });
  try {
    const wanted = parts.filter((part) => names.has(part));
    await execa("apt-get", [...apt, "-q", "download", ...wanted], { cwd: work, stdin: "ignore" });
    for await (const { name: file } of Deno.readDir(work)) {
      await execa("dpkg-deb", ["--extract", `${work}/${file}`, folder]);
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return name;
}

/** The mirror that this machine installs its own packages from. */
async function mirror(): Promise<string> {
  const format = ["indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)"];
  const { stdout } = await execa("apt-get", format);
  const found = /^Debian Debian (\S+)/m.exec(stdout)?.[1];
  if (found === undefined) {
    throw new Error("Cannot build a root: this machine has no Debian mirror");
  }
  return found;
}
