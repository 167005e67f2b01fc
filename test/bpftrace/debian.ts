/**
 * Other versions of bpftrace, from the machine's own Debian mirror: unpacked beside the repository's
 * tools with all their libraries, never installed, the machine's package lists untouched.
 */
import { execa } from "execa";

export interface OtherBpftrace {
  version: string;
  /** Path of a program that runs it. */
  binary: string;
}

/** Newest there and in the stable release after Debian 12. */
export const SUITES = ["trixie", "sid"] as const;

const TOOLS = new URL("../../.tools/", import.meta.url).pathname.replace(/\/$/, "");
const KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** bpftrace of a suite: from an earlier fetch, else from the mirror; or why there is none. */
export async function bpftraceOf(suite: string): Promise<OtherBpftrace | string> {
  return await fetched(suite) ?? await fetch(suite);
}

/** Programs that run bpftrace: this machine's own, and those of the suites that can be had. */
export async function everyBinary(): Promise<string[]> {
  const others = await Promise.all(SUITES.map(bpftraceOf));
  return [
    "bpftrace",
    ...others.flatMap((other) => typeof other === "string" ? [] : [other.binary]),
  ];
}

async function fetched(suite: string): Promise<OtherBpftrace | null> {
  const entries = await Array.fromAsync(Deno.readDir(TOOLS));
  for (const { name } of entries) {
    const version = /^bpftrace-([\d.]+)$/.exec(name)?.[1];
    if (version === undefined) continue;
    const from = await Deno.readTextFile(`${TOOLS}/${name}/suite`).catch(() => "");
    if (from === suite) return { version, binary: `${TOOLS}/${name}/bpftrace` };
  }
  return null;
}

async function fetch(suite: string): Promise<OtherBpftrace | string> {
  const mirror = await mirrorOf();
  if (mirror === null) return "this machine has no Debian mirror";
  const work = await Deno.makeTempDir({ dir: TOOLS, prefix: `bpftrace-${suite}-` });
  try {
    const apt = await prepareApt(work, mirror, suite);
    if (!await runs("apt-get", [...apt, "update"])) return `the mirror has no ${suite} for us`;
    const install = ["-y", "--no-install-recommends", "--download-only", "install", "bpftrace"];
    if (!await runs("apt-get", [...apt, ...install])) return `${suite} gives no bpftrace`;
    return await unpack(work, suite);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The mirror that this machine installs its own packages from. */
async function mirrorOf(): Promise<string | null> {
  const { stdout } = await execa(
    "apt-get",
    ["indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)"],
    { reject: false, stderr: "ignore" },
  );
  return /^Debian Debian (\S+)/m.exec(String(stdout ?? ""))?.[1] ?? null;
}

async function prepareApt(work: string, mirror: string, suite: string): Promise<string[]> {
  await Deno.mkdir(`${work}/lists/partial`, { recursive: true });
  await Deno.mkdir(`${work}/cache/archives/partial`, { recursive: true });
  await Deno.writeTextFile(`${work}/sources`, `deb [signed-by=${KEYS}] ${mirror} ${suite} main\n`);
  // No package counts as installed: libraries of the machine are of another release.
  await Deno.writeTextFile(`${work}/status`, "");
  const settings = {
    "Dir::Etc::sourcelist": `${work}/sources`,
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": `${work}/lists`,
    "Dir::State::status": `${work}/status`,
    "Dir::Cache": `${work}/cache`,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::http::Timeout": "10",
    "Acquire::Retries": "0",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/** Takes what runs, leaves documentation and the like; a script starts it with its own libraries. */
async function unpack(work: string, suite: string): Promise<OtherBpftrace | string> {
  const root = `${work}/root`;
  await Deno.mkdir(root);
  const archives = `${work}/cache/archives`;
  const unpacking = `for deb in "$1"/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" |
      tar -x -C "$2" --wildcards './usr/bin/bpftrace' './usr/lib*/*' './lib*' 2>/dev/null
  done
  rm -rf "$2"/usr/lib/*/perl* "$2"/usr/lib/*/gconv
  find "$2"/usr/lib "$2"/usr/lib64 -name 'ld-linux*.so*' | head -1
  find "$2" -name 'libc.so.6' -printf '%h\\n' | head -1`;
  const { stdout } = await execa("sh", ["-c", unpacking, "sh", archives, root], { reject: false });
  const [loader, libraries] = String(stdout ?? "").split("\n");
  if (!loader || !libraries) return `${suite}: its packages are not as expected`;
  // By where it is itself, so that a copy of the repository has its own.
  const here = (path: string) => path.replace(work, "$here");
  const start = `#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexec "${here(loader)}" ` +
    `--library-path "${here(libraries)}" "${here(root)}/usr/bin/bpftrace" "$@"\n`;
  const binary = `${work}/bpftrace`;
  await Deno.writeTextFile(binary, start, { mode: 0o755 });
  const told = await execa(binary, ["--version"], { reject: false });
  const version = /v([\d.]+)/.exec(String(told.stdout ?? ""))?.[1];
  if (version === undefined) return `${suite}: its bpftrace does not start: ${told.shortMessage}`;
  const home = `${TOOLS}/bpftrace-${version}`;
  await Deno.remove(home, { recursive: true }).catch(() => {});
  await Deno.mkdir(home);
  await Deno.rename(root, `${home}/root`);
  await Deno.rename(binary, `${home}/bpftrace`);
  await Deno.writeTextFile(`${home}/suite`, suite);
  return { version, binary: `${home}/bpftrace` };
}

async function runs(command: string, args: string[]): Promise<boolean> {
  const { exitCode } = await execa(command, args, {
    reject: false,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    env: { LC_ALL: "C" },
  });
  return exitCode === 0;
}
