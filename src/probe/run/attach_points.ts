/** Where a script attaches, and whether this kernel has that. */
import type { Script } from "../../event/report.ts";
import { isAtLeast } from "../kernel/capability.ts";
import type { NftLayout } from "../kernel/nft.ts";
import type { TableLayout } from "../kernel/tables.ts";

const KPROBE = "kprobe:";

/** What of this kernel decides it. */
export interface Offered {
  tracepoints: ReadonlySet<string>;
  kprobes: boolean;
  /** Functions that can be probed; absent: none. */
  functions?: ReadonlySet<string> | undefined;
  /** Where nft keeps what a rule is of; absent or null: not known. */
  nft?: NftLayout | null | undefined;
  /** Where tables and chains have their names; absent or null: not known. */
  tables?: TableLayout | null | undefined;
  /** Release of the kernel; absent: not known, then it is one for all scripts. */
  kernel?: string | undefined;
  /** False: `skb:consume_skb` does not tell who frees the packet. */
  consumeFunction?: boolean | undefined;
}

/** Offsets that scripts name, as `@nftChainName`, as far as they are known. */
export function offsetsOf({ nft, tables }: Pick<Offered, "nft" | "tables">): Map<string, number> {
  const ofRules = Object.entries(nft ?? {}).map(([name, at]): [string, number] => [
    `@nft${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    at,
  ]);
  const names = Object.entries(tables ?? {}).map((
    [name, at],
  ): [string, number] => [`@${name}`, at]);
  // A longer name may begin with a shorter one.
  return new Map([...ofRules, ...names].sort(([a], [b]) => b.length - a.length));
}

const releaseOf = (kernel: string | undefined) => /^\d+\.\d+/.exec(kernel ?? "")?.[0];

/** Modules describe their types in /sys/kernel/btf, as far as they are loaded. */
export function hasModuleTypes(kernel: string | undefined): boolean {
  const release = releaseOf(kernel);
  return release === undefined || isAtLeast(release, "5.11");
}

/** A script's own words for the kernels that it is for: `//@since 6.7`, `//@before 6.7`. */
function whyNotOf(source: string, kernel: string | undefined): string | null {
  const release = releaseOf(kernel);
  if (release === undefined) return null;
  const [, since] = /^ *\/\/@since (\S+)/m.exec(source) ?? [];
  if (since !== undefined && !isAtLeast(release, since)) {
    return `this kernel is older than Linux ${since}`;
  }
  const [, before] = /^ *\/\/@before (\S+)/m.exec(source) ?? [];
  return before !== undefined && isAtLeast(release, before)
    ? `it is for kernels before Linux ${before}`
    : null;
}

/** What of a script's needs this kernel lacks; null for nothing. */
export function whyNotHere(
  source: string,
  offered: Offered,
): string | null {
  const { tracepoints, kprobes, functions, consumeFunction, tables } = offered;
  const points = attachPointsOf(source);
  const probed = points.filter((point) => point.startsWith(KPROBE));
  if (probed.length > 0 && !kprobes) {
    return `this kernel has no kprobes, so no ${probed.join(", ")}`;
  }
  const missing = points.filter((point) =>
    point.startsWith(KPROBE) ? !functions?.has(point.slice(KPROBE.length)) : !tracepoints.has(point)
  );
  if (missing.length > 0) {
    const loaded = probed.length > 0 ? ", as long as its module is not loaded" : "";
    return `this kernel has no ${missing.join(", ")}${loaded}`;
  }
  const why = whyNotOf(source, offered.kernel);
  if (why !== null) return why;
  const known = offsetsOf(offered);
  const unknown = [...source.matchAll(/@(?:nft|xt)[A-Z]\w+/g)].find(([name]) => !known.has(name));
  if (unknown) {
    if (unknown[0].startsWith("@nft") && tables?.nftChainName !== undefined) {
      return "rules of nft do not tell their chain on this kernel, as before 6.4";
    }
    return hasModuleTypes(offered.kernel)
      ? "its types are not known, as long as its module is not loaded"
      : "its types are not known: modules tell theirs since Linux 5.11";
  }
  // Without the function a tap's copy could not be told from what arrived.
  const isBlind = consumeFunction === false && /^tracepoint:skb:consume_skb$/m.test(source);
  if (!isBlind) return null;
  const deeper = kprobes && functions?.has("consume_skb") ? "; a kprobe does, with --deep" : "";
  return `skb:consume_skb of this kernel tells no function, as those before 6.3${deeper}`;
}

/** Where a script attaches: tracepoints as `net:netif_receive_skb`, kprobes as `kprobe:br_forward`. */
export function attachPointsOf(source: string): string[] {
  return [...source.matchAll(/^(?:tracepoint:(\w+:\w+)|(kprobe:\w+))/gm)]
    .map(([, tracepoint, kprobe]) => tracepoint ?? kprobe ?? "");
}

/** Those of the scripts that are attached to a tracepoint or function of this name. */
export function scriptsAttachedAt(
  sources: ReadonlyMap<string, string>,
  scripts: readonly Script[],
  point: string,
): string[] {
  return scripts.filter(({ name, state }) =>
    state === "attached" &&
    attachPointsOf(sources.get(name) ?? "").some((one) => one.split(":").at(-1) === point)
  ).map(({ name }) => name);
}
