/**
 * Types of this kernel from a file, where it shows none of its own. Those of another kernel would have the
 * scripts read other bytes than they mean, so sizes are compared with what the kernel says of its own.
 */
import { LasthopError } from "../../event/error.ts";
import { type Btf, readBtf } from "./btf.ts";
import { hasKernelBtf, useBtf } from "./kernel_btf.ts";

/** Structs that the kernel has a cache of, by the cache's name. */
const CACHED: Readonly<Record<string, string>> = {
  skbuff_head_cache: "sk_buff",
  net_namespace: "net",
};
/** Bytes: objects of these caches begin at a line of the processor's cache, which differs on ARM. */
const LINES = Deno.build.arch === "x86_64" ? [64] : [64, 128];

/**
 * Takes the types of a file for those of this kernel from here on. Throws LasthopError `btf_unusable` for
 * one that cannot be read, is of another kernel or cannot be compared, and where the kernel has its own.
 */
export async function takeBtf(path: string, slabs = "/proc/slabinfo"): Promise<void> {
  const cannot = (why: string) => new LasthopError("btf_unusable", `Cannot use --btf: ${why}`);
  if (await hasKernelBtf()) {
    throw cannot("this kernel has /sys/kernel/btf/vmlinux, must be without");
  }
  let btf: Btf;
  try {
    btf = readBtf(await Deno.readFile(path));
  } catch (error) {
    throw cannot(`"${path}": ${error instanceof Error ? error.message : error}`);
  }
  const fault = otherKernel(btf, await Deno.readTextFile(slabs).catch(() => ""));
  if (fault !== null) throw cannot(`"${path}" ${fault}`);
  useBtf(path);
}

/** Why these are not the types of the kernel with these caches; null where they may be. */
export function otherKernel(btf: Btf, slabs: string, lines = LINES): string | null {
  let compared = 0;
  for (const [cache, struct] of Object.entries(CACHED)) {
    const row = new RegExp(`^${cache} +\\d+ +\\d+ +(\\d+)`, "m").exec(slabs);
    const id = btf.idOf(struct);
    const size = id === null ? undefined : btf.type(id)?.size;
    if (row === null || size === undefined) continue;
    compared += 1;
    const objects = Number(row[1]);
    if (lines.some((line) => Math.ceil(size / line) * line === objects)) continue;
    return `is of another kernel: struct ${struct} has ${size} bytes in it, this kernel's ${objects}`;
  }
  return compared > 0 ? null : "cannot be compared: this kernel tells no size (/proc/slabinfo)";
}
