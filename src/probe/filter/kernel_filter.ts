/** The filter as an expression over the variables of a rendered script (`bpf/lib/ip.bt`). */
import { type FilterNode, printFilter } from "../../event/filter/mod.ts";
import { compileFilterForms, type FilterForm } from "./mod.ts";
import { withoutPorts } from "./user_filter.ts";

/** A filter as far as the kernel applies it. */
export interface KernelFilter {
  /** Over the variables of `bpf/lib/ip.bt`; "1" lets every packet pass. */
  expression: string;
  /** False: too large for the kernel, so more passes there and user space filters. */
  exact: boolean;
}

/** Names of a header's variables: `o…` are of the outermost header, `i…` of the one in a tunnel. */
function form(prefix: "o" | "i"): FilterForm {
  const name = (suffix: string) => `$${prefix}${suffix}`;
  return {
    family: name("f"),
    protocol: name("p"),
    source4: name("sa"),
    destination4: name("da"),
    source6: [name("sa"), name("sb")],
    destination6: [name("da"), name("db")],
    sourcePort: name("sp"),
    destinationPort: name("dp"),
    // Both are 0 where there are none: later fragments, ICMP.
    hasPorts: `(${name("sp")} | ${name("dp")})`,
    ...(prefix === "i" ? { guard: "$if" } : {}),
  };
}

/**
 * What every filter lets through, because it tells why others vanished: ARP, neighbour discovery
 * and ICMP errors. There are few of them.
 */
function evidence(prefix: "o" | "i"): string {
  const type = `(*(uint8*)$${prefix}4)`;
  const icmp = [3, 4, 5, 11, 12].map((number) => `${type} == ${number}`).join(" || ");
  const icmp6 = `(${type} >= 1 && ${type} <= 4) || (${type} >= 133 && ${type} <= 137)`;
  return `$${prefix}f == 1 || ($${prefix}p == 1 && (${icmp})) || ` +
    `($${prefix}p == 58 && (${icmp6}))`;
}

/**
 * The expression for a filter, which also lets fragments and evidence through that belong to it.
 */
export function kernelFilter(node: FilterNode): KernelFilter {
  if (node.kind === "all") return { expression: "1", exact: true };
  const compiled = compileFilterForms(node, [form("o"), form("i")]);
  const fragments = compileFragments(node);
  if (compiled === null || fragments === null) return { expression: "1", exact: false };
  const parts = [compiled, ...fragments, evidence("o"), `($if != 0) && (${evidence("i")})`];
  return { expression: parts.map((part) => `(${part})`).join(" || "), exact: true };
}

/** A fragment after the first has no ports, yet belongs to a packet that has. */
function compileFragments(node: FilterNode): string[] | null {
  const relaxed = withoutPorts(node);
  if (printFilter(relaxed) === printFilter(node)) return [];
  const compiled: string[] = [];
  for (const prefix of ["o", "i"] as const) {
    const text = compileFilterForms(relaxed, [{ ...form(prefix), guard: `$${prefix}x` }]);
    if (text === null) return null;
    compiled.push(text === "1" ? `$${prefix}x != 0` : text);
  }
  return compiled;
}
