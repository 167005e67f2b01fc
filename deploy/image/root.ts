/**
 * The root of an image: programs of Debian packages with the libraries that they name, and no package
 * manager, no interpreter but the shells, no documentation. Nothing of a package is run, so that the root
 * for another processor is made in the same way.
 */
import { basename, join } from "node:path";
import { execa } from "execa";
import { neededBy } from "./elf.ts";

/** Processors as Debian, Node and the kernel name them. */
export const PROCESSORS = {
  amd64: { deno: "x64", libraries: "x86_64-linux-gnu" },
  arm64: { deno: "arm64", libraries: "aarch64-linux-gnu" },
} as const;
/** A processor that images are made for. */
export type Processor = keyof typeof PROCESSORS;

/** The release that images are made of. */
const RELEASE = "bookworm";
/** Where programs lie. */
const PROGRAMS = ["bin", "sbin", "usr/bin", "usr/sbin"];
/** What programs read or load by a name that no ELF file tells. */
const DATA = ["etc/iproute2", "usr/lib/tc", "etc/ssl/certs", "etc/protocols", "etc/services"];
/** The same below a processor's folder of libraries. */
const PLUGINS = ["xtables"];
/** The names by which the alternatives of Debian's iptables are called. */
const IPTABLES = ["iptables", "ip6tables"].flatMap((name) =>
  ["", "-save", "-restore"].map((suffix) => `${name}${suffix}`)
);

/**
 * Makes a root of these packages in a folder that must not be there. `programs`: names of those that are
 * taken, or all. Throws Error with what the package manager says where it fails.
 */
export async function makeImageRoot(
  { folder, processor, packages, programs, also }: {
    folder: string;
    processor: Processor;
    packages: readonly string[];
    programs: ReadonlySet<string> | "all";
    /** Programs of no package, whose libraries are wanted. */
    also: readonly string[];
  },
): Promise<void> {
  const whole = await Deno.makeTempDir({ prefix: "lasthop-root-" });
  try {
    await execa("mmdebstrap", [
      ...["--variant=extract", `--architectures=${processor}`],
      '--aptopt=APT::Install-Recommends "false"',
      ...[`--include=${packages.join(",")}`, RELEASE, `${whole}/root`],
    ]);
    const names = (await Promise.all(also.map((path) => Deno.readFile(path)))).flatMap((file) =>
      neededBy(file) ?? []
    );
    await reduce(`${whole}/root`, folder, { processor, programs, names });
  } finally {
    await Deno.remove(whole, { recursive: true });
  }
}

async function reduce(
  from: string,
  to: string,
  { processor, programs, names }: {
    processor: Processor;
    programs: ReadonlySet<string> | "all";
    /** Of libraries that are wanted besides. */
    names: readonly string[];
  },
): Promise<void> {
  const { libraries } = PROCESSORS[processor];
  const places = [`lib/${libraries}`, `usr/lib/${libraries}`, "lib64", "lib"];
  const found = new Map<string, string>();
  for (const place of [...places, "usr/lib/llvm-14/lib"].reverse()) {
    for (const name of namesIn(join(from, place))) found.set(name, join(place, name));
  }
  const wanted = new Set<string>();
  const queue: string[] = PROGRAMS.flatMap((place) =>
    namesIn(join(from, place)).filter((name) => programs === "all" || programs.has(name))
      .map((name) => join(place, name))
  );
  for (const place of places.slice(0, 2)) {
    for (const plugins of PLUGINS) {
      queue.push(
        ...namesIn(join(from, place, plugins)).map((name) => join(place, plugins, name)),
      );
    }
  }
  queue.push(...names.flatMap((name) => found.get(name) ?? []));
  while (queue.length > 0) {
    const path = queue.pop()!;
    if (wanted.has(path)) continue;
    const info = Deno.lstatSync(join(from, path));
    if (info.isSymlink) {
      const target = Deno.readLinkSync(join(from, path));
      const next = target.startsWith("/") ? target.slice(1) : join(path, "..", target);
      const isThere = Deno.lstatSync(join(from, path)) && exists(join(from, next));
      if (!isThere) continue;
      wanted.add(path);
      queue.push(next);
      continue;
    }
    if (!info.isFile) continue;
    const file = await Deno.readFile(join(from, path));
    const needed = neededBy(file);
    // A script needs an interpreter: those of the shells are there, perl and python are not.
    if (needed === null && !isShell(file)) continue;
    wanted.add(path);
    for (const name of needed ?? []) {
      const at = found.get(basename(name));
      if (at !== undefined) queue.push(at);
    }
  }
  // Programs name their loader by its path.
  for (const name of namesIn(join(from, "lib64"))) wanted.add(`lib64/${name}`);
  for (const name of namesIn(join(from, "lib"))) {
    if (name.startsWith("ld-")) wanted.add(`lib/${name}`);
  }
  for (const path of [...wanted]) {
    if (path.includes("/ld-linux")) await alsoTarget(from, path, wanted);
  }
  for (const path of wanted) await copy(from, to, path);
  for (const path of DATA) if (exists(join(from, path))) await copyTree(from, to, path);
  await finish(from, to);
}

async function alsoTarget(from: string, path: string, wanted: Set<string>): Promise<void> {
  const info = await Deno.lstat(join(from, path));
  if (!info.isSymlink) return;
  const target = await Deno.readLink(join(from, path));
  wanted.add(target.startsWith("/") ? target.slice(1) : join(path, "..", target));
}

/** What installing would have made: a few folders, names, and users. */
async function finish(from: string, to: string): Promise<void> {
  for (const path of ["proc", "sys", "dev", "run/netns", "var/lib", "root", "etc"]) {
    await Deno.mkdir(join(to, path), { recursive: true });
  }
  await Deno.mkdir(join(to, "tmp"), { recursive: true });
  await Deno.chmod(join(to, "tmp"), 0o1777);
  if (!exists(join(to, "bin/sh"))) await Deno.symlink("dash", join(to, "bin/sh"));
  await Deno.writeTextFile(
    join(to, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nlasthop:x:64680:64680::/:/bin/sh\n",
  );
  await Deno.writeTextFile(join(to, "etc/group"), "root:x:0:\nlasthop:x:64680:\n");
  await Deno.writeTextFile(join(to, "etc/nsswitch.conf"), "hosts: files dns\n");
  await copyTree(from, to, "usr/lib/os-release");
  await Deno.symlink("../usr/lib/os-release", join(to, "etc/os-release"));
  if (!exists(join(to, "usr/sbin/xtables-nft-multi"))) return;
  for (const name of IPTABLES) {
    const link = join(to, "usr/sbin", name);
    if (!exists(link)) await Deno.symlink("xtables-nft-multi", link);
  }
}

function isShell(file: Uint8Array): boolean {
  const first = new TextDecoder().decode(file.subarray(0, 64)).split("\n", 1)[0]!;
  return /^#! ?(\/usr)?\/bin\/(ba|da)?sh\b/.test(first);
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

async function copy(from: string, to: string, path: string): Promise<void> {
  await Deno.mkdir(join(to, path, ".."), { recursive: true });
  const info = await Deno.lstat(join(from, path));
  if (info.isSymlink) await Deno.symlink(await Deno.readLink(join(from, path)), join(to, path));
  else if (info.isFile) await Deno.copyFile(join(from, path), join(to, path));
}

async function copyTree(from: string, to: string, path: string): Promise<void> {
  if (!(await Deno.lstat(join(from, path))).isDirectory) return await copy(from, to, path);
  for (const name of namesIn(join(from, path))) await copyTree(from, to, join(path, name));
}
