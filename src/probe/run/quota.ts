/** How much of the processors the control groups of this process leave it: `cpu.max`, or `cpu.cfs_quota_us`. */
import { EVENTS_PER_PERCENT } from "./budget.ts";
import type { Share } from "./share.ts";

/** Where control groups are mounted, and what says which of them this process is in. */
export interface CgroupTree {
  /** As `/sys/fs/cgroup`. */
  mount: string;
  /** As `/proc/self/cgroup`. */
  own: string;
}

const SYSTEM: CgroupTree = { mount: "/sys/fs/cgroup", own: "/proc/self/cgroup" };

/**
 * Percent of one processor that this process and all beside it in its group may take for long: the least of
 * the group and all above it; null: as much as there is. In a container the groups above are not to be
 * seen, but its own is, which is the mount's root.
 */
export async function cpuQuotaPercent(tree: CgroupTree = SYSTEM): Promise<number | null> {
  const text = await textOf(tree.own) ?? "";
  const quotas = text.split("\n").flatMap((line) => {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === "") {
      return foldersOf(path).flatMap((folder) => quotasV2(tree.mount, folder));
    }
    if (!controllers.split(",").includes("cpu")) return [];
    return foldersOf(path).map((folder) => quotaV1(`${tree.mount}/${controllers}${folder}`));
  });
  const known = (await Promise.all(quotas)).filter((percent) => percent !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** A path and all above it, each with a slash before it; "" is the root. */
function foldersOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.reduce((folders, part) => [...folders, `${folders.at(-1)}/${part}`], [""]);
}

/** Version 2 alone, and beside version 1. */
const quotasV2 = (mount: string, folder: string) =>
  [mount, `${mount}/unified`].map(async (root) => {
    const [quota, period] = (await textOf(`${root}${folder}/cpu.max`) ?? "").split(/\s+/).map(
      Number,
    );
    return percentOf(quota, period);
  });

async function quotaV1(folder: string): Promise<number | null> {
  const [quota, period] = await Promise.all(
    ["quota", "period"].map((word) => textOf(`${folder}/cpu.cfs_${word}_us`)),
  );
  return percentOf(Number(quota ?? NaN), Number(period ?? NaN));
}

/** Null for "max", -1, and what is no number. */
const percentOf = (quota = NaN, period = NaN) =>
  quota > 0 && period > 0 ? 100 * quota / period : null;

const textOf = (path: string) => Deno.readTextFile(path).catch(() => null);

/** Of what the groups leave, so much is for events: the rest is for the node's state and what else is there. */
const EVENTS_PART = 1 / 2;

/** A percent of a processor is 10 ms a second, an event takes 31 us of it in bpftrace and lasthop together. */
const EVENTS_PER_PERCENT_OF_ALL = 10_000 / 31;

/**
 * The share as far as a quota allows it; `words` say what it bounds, where it does. What was asked for is
 * bounded, too: over its quota a process stands still, and loses what comes meanwhile.
 */
export function withinQuota(
  share: Share,
  percent: number | null,
): { share: Share; words?: string } {
  if (percent === null) return { share };
  const most = Math.max(10, Math.floor(percent * EVENTS_PART * EVENTS_PER_PERCENT_OF_ALL));
  const cpuPercent = Math.min(share.cpuPercent, percent);
  const wanted = share.eventsPerSecond ?? share.cpuPercent * EVENTS_PER_PERCENT;
  if (cpuPercent === share.cpuPercent && wanted <= most) return { share };
  const eventsPerSecond = Math.min(wanted, most);
  const group = `This control group may take ${Number(percent.toFixed(1))} % of a processor, so `;
  const words = wanted > most
    ? `${group}for long at most ${
      eventsPerSecond.toLocaleString("en")
    } events a second are told, ` +
      `not ${wanted.toLocaleString("en")}`
    : `${group}bpftrace may take ${Number(cpuPercent.toFixed(1))} %, not ${share.cpuPercent} %`;
  return { share: { ...share, cpuPercent, eventsPerSecond }, words };
}
