/**
 * What a guest boots from: a kernel, its first root and a disk, from Debian's packages alone. Built
 * once and kept for all checkouts in `~/.cache/lasthop-kernels`, about 1 GB each.
 */
import { execa } from "execa";
import { makeInitrd } from "./initrd.ts";
import { openSuite, unpackKernel } from "./suite.ts";

/** A guest's files. */
export interface Machine {
  /** Release of the kernel: `6.12`. It names the folder of what was recorded on it. */
  kernel: string;
  vmlinuz: string;
  initrd: string;
  /** An ext4 file system, which a guest must not write. */
  root: string;
}

/** Debian's release by the kernel that it has. */
export const SUITES: Readonly<Record<string, string>> = {
  "6.1": "bookworm",
  "6.12": "trixie",
  "7.2": "sid",
};

const PACKAGES = [
  ...["bpftrace", "iproute2", "nftables", "iptables", "iputils-ping", "kmod", "procps"],
  ...["util-linux", "mount", "hostname", "ethtool", "python3-minimal", "conntrack", "ipset"],
  ...["ipvsadm", "wireguard-tools", "iputils-arping", "netcat-openbsd", "openvswitch-switch"],
  ...["ovn-central", "ovn-host", "libteam-utils"],
];

/** Changes when what is built does. */
const RECIPE = 2;

const CACHE = `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}`;

/** The machine with this kernel, built where it is not there yet. Rejects with what a tool said. */
export async function machineOf(
  kernel: string,
  progress: (text: string) => void,
): Promise<Machine> {
  const suite = SUITES[kernel];
  if (suite === undefined) throw new Error(`Cannot boot ${kernel}: no release of Debian has it`);
  const home = `${CACHE}/lasthop-kernels/${suite}-${RECIPE}`;
  const machine = {
    kernel,
    vmlinuz: `${home}/vmlinuz`,
    initrd: `${home}/initrd.gz`,
    root: `${home}/root.img`,
  };
  if (await Deno.stat(home).catch(() => null)) return machine;
  progress(`building a machine of Debian's ${suite}, which takes some minutes…`);
  await Deno.mkdir(`${CACHE}/lasthop-kernels`, { recursive: true });
  const work = await Deno.makeTempDir({ dir: `${CACHE}/lasthop-kernels`, prefix: `new-${suite}-` });
  try {
    await build({ kernel, suite }, work);
    // Another run may have been faster.
    await Deno.rename(`${work}/out`, home).catch(() => {});
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return machine;
}

async function build({ kernel, suite }: Record<"kernel" | "suite", string>, work: string) {
  const [root, out, apt] = [`${work}/root`, `${work}/out`, `${work}/apt`];
  for (const folder of [root, out, apt]) await Deno.mkdir(folder);
  const opened = await openSuite(suite, apt);
  const options = ["--mode=root", "--variant=apt", `--include=${PACKAGES.join(",")}`];
  const aptOptions = opened.settings.map(([key, value]) => `--aptopt=${key} "${value}"`);
  await execa("mmdebstrap", [...options, ...aptOptions, suite, `${work}/root.tar`, opened.source]);
  await execa("tar", ["-C", root, "-xf", `${work}/root.tar`]);
  const version = await unpackKernel(opened, `${work}/kernel`);
  // sid goes on to newer ones, and what is recorded is kept under the release's name.
  if (!new RegExp(`^${kernel.replace(".", "\\.")}[.+-]`).test(version)) {
    throw new Error(`Cannot build ${kernel}: Debian's ${suite} has ${version} now`);
  }
  const placing = `set -e
    cd "$1"; mkdir -p root/usr/lib/modules root/opt root/work
    # A package may carry /lib/modules, where the root has a link.
    for from in kernel/lib/modules kernel/usr/lib/modules; do
      [ ! -d $from ] || cp -a $from/. root/usr/lib/modules/
    done
    # From 7.2 on it is among the modules.
    cp "kernel/boot/vmlinuz-$2" out/vmlinuz 2>/dev/null ||
      mv "root/usr/lib/modules/$2/vmlinuz" out/vmlinuz
    rm -rf root/usr/share/doc root/usr/share/man root/usr/share/locale root/var/lib/apt/lists
    depmod -b root "$2"`;
  await execa("sh", ["-c", placing, "sh", work, version], { stdin: "ignore" });
  await Deno.copyFile(new URL("../guest/init", import.meta.url), `${root}/init`);
  await Deno.chmod(`${root}/init`, 0o755);
  await makeInitrd(root, version, `${out}/initrd.gz`);
  await makeDisk(root, `${out}/root.img`, 2_600);
}

/** A folder as a file system in a file; needs no mount. */
export async function makeDisk(folder: string, path: string, megabytes: number): Promise<void> {
  const options = ["-q", "-t", "ext4", "-O", "^has_journal", "-d", folder];
  await execa("mke2fs", [...options, path, `${megabytes}M`], { stdin: "ignore" });
}
