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

/** What a machine is made of. */
export interface Parts {
  /** Debian's release whose programs it has. */
  suite: string;
  /** The release whose kernel it has. */
  kernelOf: string;
  /** The package that depends on that release's newest kernel. */
  newest: string;
}

/** A release with the kernel that it has for virtual machines. */
const whole = (suite: string): Parts => ({
  suite,
  kernelOf: suite,
  newest: "linux-image-cloud-amd64",
});

/** What there is, by the kernel's release. */
export const MACHINES: Readonly<Record<string, Parts>> = {
  // bullseye's own bpftrace is too old to run the scripts. Its kernel for virtual machines lacks devices.
  "5.10": { suite: "bookworm", kernelOf: "bullseye", newest: "linux-image-amd64" },
  "6.1": whole("bookworm"),
  "6.12": whole("trixie"),
  "7.2": whole("sid"),
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
  const parts = MACHINES[kernel];
  if (parts === undefined) throw new Error(`Cannot boot ${kernel}: no release of Debian has it`);
  const { suite, kernelOf } = parts;
  const made = suite === kernelOf ? suite : `${suite}-${kernelOf}`;
  const home = `${CACHE}/lasthop-kernels/${made}-${RECIPE}`;
  const machine = {
    kernel,
    vmlinuz: `${home}/vmlinuz`,
    initrd: `${home}/initrd.gz`,
    root: `${home}/root.img`,
  };
  if (await Deno.stat(home).catch(() => null)) return machine;
  progress(`building a machine of Debian's ${made}, which takes some minutes…`);
  await Deno.mkdir(`${CACHE}/lasthop-kernels`, { recursive: true });
  const work = await Deno.makeTempDir({ dir: `${CACHE}/lasthop-kernels`, prefix: `new-${made}-` });
  try {
    await build(kernel, parts, work);
    // Another run may have been faster.
    await Deno.rename(`${work}/out`, home).catch(() => {});
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return machine;
}

async function build(kernel: string, { suite, kernelOf, newest }: Parts, work: string) {
  const [root, out] = [`${work}/root`, `${work}/out`];
  for (const folder of [root, out]) await Deno.mkdir(folder);
  const opened = await openSuite(suite, `${work}/apt`);
  const kernels = suite === kernelOf ? opened : await openSuite(kernelOf, `${work}/apt-kernel`);
  const options = ["--mode=root", "--variant=apt", `--include=${PACKAGES.join(",")}`];
  const aptOptions = opened.settings.map(([key, value]) => `--aptopt=${key} "${value}"`);
  await execa("mmdebstrap", [...options, ...aptOptions, suite, `${work}/root.tar`, opened.source]);
  await execa("tar", ["-C", root, "-xf", `${work}/root.tar`]);
  const version = await unpackKernel(kernels, newest, `${work}/kernel`);
  // sid goes on to newer ones, and what is recorded is kept under the release's name.
  if (!new RegExp(`^${kernel.replace(".", "\\.")}[.+-]`).test(version)) {
    throw new Error(`Cannot build ${kernel}: Debian's ${kernelOf} has ${version} now`);
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
