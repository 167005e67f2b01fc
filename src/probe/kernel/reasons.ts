/**
 * Names of the running kernel's drop reasons. The numbers are no ABI: they differ even between two
 * releases of one long-term kernel, so each node reads its own.
 */
import type { Btf } from "./btf.ts";
import { readKernelBtf, readModuleBtf } from "./kernel_btf.ts";
import { readTracefs } from "./tracefs.ts";

/** Names of the drop reasons of one kernel. */
export interface DropReasons {
  /** `NETFILTER_DROP`, `QDISC_OVERLIMIT`; `OPENVSWITCH:9` or `9` when it has no name here. */
  name(number: number): string;
  /** Of a reason of the core, as `NO_SOCKET`; undefined when this kernel names none so. */
  number(name: string): number | undefined;
  /** How many reasons have names. */
  known: number;
  source: "BTF" | "tracepoint format" | "none";
}

/** Who may define reasons besides the core, and where. */
const SUBSYSTEM_ENUMS = ["qdisc_drop_reason", "mac80211_drop_reason", "ovs_drop_reason"];
const SUBSYSTEM_MODULES = ["mac80211", "openvswitch"];

/**
 * Reasons of the running kernel: from its BTF, else from the format of `skb:kfree_skb`, else none.
 */
export async function readDropReasons(): Promise<DropReasons> {
  const btf = await readKernelBtf();
  if (btf?.enumOf("skb_drop_reason")) {
    const modules = await Promise.all(SUBSYSTEM_MODULES.map((name) => readModuleBtf(name, btf)));
    return dropReasonsOf(btf, modules.filter((module) => module !== null));
  }
  const tracefs = await readTracefs();
  return dropReasonsOfFormat(tracefs?.dropFormat ?? "");
}

/** Reasons that the BTF of the kernel and of its modules names. */
export function dropReasonsOf(btf: Btf, modules: readonly Btf[] = []): DropReasons {
  const names = new Map<number, string>();
  const add = (number: number, name: string) => {
    if (!names.has(number)) names.set(number, name);
  };
  for (const [name, number] of btf.enumOf("skb_drop_reason") ?? []) {
    if (/_(MAX|SUBSYS_MASK)$/.test(name)) continue;
    add(number, name.replace(/^SKB_DROP_REASON_/, ""));
  }
  const subsystems = subsystemsOf(btf);
  for (const source of [btf, ...modules]) {
    for (const name of SUBSYSTEM_ENUMS) {
      for (const [value, number] of source.enumOf(name) ?? []) {
        // mac80211's enum holds other verdicts, too: a reason has the number of its subsystem in
        // its high half. Names with "__" or "_MAX" only mark where a range begins or ends.
        if (!subsystems.has(number >>> 16) || /^__|_MAX$/.test(value)) continue;
        add(number, subsystemName(value));
      }
    }
  }
  return {
    name: (number) => names.get(number) ?? unnamed(number, subsystems),
    number: (name) => numberOf(names, name),
    known: names.size,
    source: names.size > 0 ? "BTF" : "none",
  };
}

/** Reasons out of `__print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, …)` of `skb:kfree_skb`. */
export function dropReasonsOfFormat(format: string): DropReasons {
  const [, list = ""] = format.split("__print_symbolic(REC->reason,");
  const names = new Map<number, string>();
  for (const [, number, name = ""] of list.matchAll(/\{ (\d+), "(\w+)" \}/g)) {
    if (name !== "MAX") names.set(Number(number), name);
  }
  return {
    name: (number) => names.get(number) ?? unnamed(number, new Map()),
    number: (name) => numberOf(names, name),
    known: names.size,
    source: names.size > 0 ? "tracepoint format" : "none",
  };
}

const numberOf = (names: ReadonlyMap<number, string>, name: string) =>
  names.entries().find(([, known]) => known === name)?.[0];

/** Number in the high 16 bits of a reason → `OPENVSWITCH`. The core has 0 and is left out. */
function subsystemsOf(btf: Btf): Map<number, string> {
  const subsystems = new Map<number, string>();
  for (const [name, number] of btf.enumOf("skb_drop_reason_subsys") ?? []) {
    if (number === 0 || name.endsWith("_NUM")) continue;
    subsystems.set(number, name.replace(/^SKB_DROP_REASON_SUBSYS_/, ""));
  }
  return subsystems;
}

/** Linux 7.1 moved the core's QDISC_OVERLIMIT to QDISC_DROP_OVERLIMIT: one name for one reason. */
function subsystemName(value: string): string {
  return value.replace(/^QDISC_DROP_/, "QDISC_");
}

function unnamed(number: number, subsystems: Map<number, string>): string {
  const subsystem = number >>> 16;
  if (subsystem === 0) return String(number);
  return `${subsystems.get(subsystem) ?? subsystem}:${number & 0xffff}`;
}
