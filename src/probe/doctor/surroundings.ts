/** What around the kernel helps or hinders a trace: limits, programs, where programs come from. */
import { isAbsolute } from "node:path";
import { cpuQuotaPercent, withinQuota } from "../run/quota.ts";
import { DATAPATH_MODULES } from "./datapaths.ts";
import { DEFAULT_SHARE } from "../run/share.ts";

/** What around the kernel helps or hinders a trace. */
export interface Surroundings {
  /** What may get in the way, a sentence each. */
  remarks: string[];
  /** Programs that read a node's state and are not here. */
  missing: string[];
  /** Modules of kinds of datapaths that the kernel has (`datapaths.ts`). */
  datapaths: string[];
  /** Installs a package, such as `apt-get install`; null when this system has none we know. */
  install: string | null;
}

/** Bytes: bpftrace needs 120 MB (0.17) to 200 MB (0.27) while it compiles. */
const MEMORY_WISE = 512 * 2 ** 20;

/** Packages of Debian by program; other distributions name them alike. */
export const PROGRAMS: Record<string, string> = {
  ip: "iproute2",
  bridge: "iproute2",
  tc: "iproute2",
  ss: "iproute2",
  nft: "nftables",
  nsenter: "util-linux",
  setpriv: "util-linux",
};

const INSTALLERS: [system: RegExp, command: string][] = [
  [/debian|ubuntu/, "apt-get install"],
  [/fedora|rhel|centos/, "dnf install"],
  [/suse/, "zypper install"],
  [/arch/, "pacman -S"],
  [/alpine/, "apk add"],
];

/**
 * Reads limits of this process and what is installed. `kernel` is its release, such as "6.1.0-18".
 */
export async function readSurroundings(kernel: string): Promise<Surroundings> {
  const [jit, limits, groups, system, missing, quota, datapaths] = await Promise.all([
    text("/proc/sys/net/core/bpf_jit_enable"),
    text("/proc/self/limits"),
    text("/proc/self/cgroup"),
    text("/etc/os-release"),
    missingPrograms(),
    cpuQuotaPercent(),
    datapathModules(),
  ]);
  return {
    remarks: [
      jitRemark(jit),
      lockedMemoryRemark(limits, kernel),
      memoryRemark(await readMemoryLimit(groups)),
      quotaRemark(quota),
    ].filter((remark) => remark !== null),
    missing,
    datapaths,
    install: installerOf(system),
  };
}

/**
 * A remark on BPF that is interpreted, from `net.core.bpf_jit_enable`; null when it is compiled.
 */
export function jitRemark(jit: string): string | null {
  if (jit.trim() !== "0") return null;
  return "The kernel interprets BPF programs instead of compiling them, so that a trace costs several" +
    " times as much: sysctl net.core.bpf_jit_enable=1";
}

/**
 * A remark on a limit of locked memory, from /proc/PID/limits; null without one. Only kernels
 * before 5.11 count the buffers of a trace as locked memory; later ones charge the control group.
 */
export function lockedMemoryRemark(limits: string, kernel: string): string | null {
  const [major = 0, minor = 0] = kernel.split(".").map(Number);
  if (major > 5 || (major === 5 && minor >= 11)) return null;
  const hard = /^Max locked memory\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  if (hard === undefined || hard === "unlimited") return null;
  return `Locked memory is limited to ${
    Number(hard) >> 10
  } KiB, and this kernel counts the buffers of` +
    " a trace as such: ulimit -l unlimited";
}

/**
 * A remark on a control group's limit in bytes that is too small for bpftrace; null for any other.
 */
export function memoryRemark(bytesMax: number | null): string | null {
  if (bytesMax === null || bytesMax >= MEMORY_WISE) return null;
  return `This control group may use ${
    Math.round(bytesMax / 2 ** 20)
  } MiB of memory, 512 MiB or more` +
    " is wise";
}

/** A remark on a quota, in percent of a processor, that bounds what is told for long; null for any other. */
export function quotaRemark(percent: number | null): string | null {
  return withinQuota(DEFAULT_SHARE, percent).words ?? null;
}

/**
 * The command that installs packages, from the text of /etc/os-release; null for an unknown system.
 */
export function installerOf(osRelease: string): string | null {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)/gm)].map(([, id]) => id);
  return INSTALLERS.find(([system]) => system.test(ids.join(" ")))?.[1] ?? null;
}

async function readMemoryLimit(groups: string): Promise<number | null> {
  for (const [, controllers = "", path] of groups.matchAll(/^\d+:([^:\n]*):(.*)$/gm)) {
    const file = controllers === ""
      ? `/sys/fs/cgroup${path}/memory.max`
      : controllers.split(",").includes("memory")
      ? `/sys/fs/cgroup/memory${path}/memory.limit_in_bytes`
      : null;
    const limit = file === null ? NaN : parseInt(await text(file), 10);
    if (!Number.isNaN(limit)) return limit;
  }
  return null;
}

async function missingPrograms(): Promise<string[]> {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter(isAbsolute);
  // Root's tools may be outside of an ordinary user's path, and doctor runs as one.
  folders.push("/usr/sbin", "/sbin");
  const isMissing = await Promise.all(
    Object.keys(PROGRAMS).map(async (program) => {
      for (const folder of folders) {
        if (await Deno.stat(`${folder}/${program}`).then(() => true, () => false)) return false;
      }
      return true;
    }),
  );
  return Object.keys(PROGRAMS).filter((_, i) => isMissing[i]);
}

async function datapathModules(): Promise<string[]> {
  const isThere = await Promise.all(
    DATAPATH_MODULES.map((name) => Deno.stat(`/sys/module/${name}`).then(() => true, () => false)),
  );
  return DATAPATH_MODULES.filter((_, i) => isThere[i]);
}

async function text(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}
