/**
 * Where a kernel keeps what conntrack knows of a packet's connection. Its types are a module's on
 * most distributions, and bpftrace reads types of vmlinux only: the program gets plain offsets.
 */
import type { Btf } from "./btf.ts";
import { readModuleBtf } from "./kernel_btf.ts";

/** Where `struct nf_conn` keeps a connection; addresses and ports are those of its first packet. */
export interface ConntrackLayout {
  /** Bytes from the start of the struct to the connection's `IPS_*` bits. */
  status: number;
  /** Bytes from the start of the struct. */
  source: number;
  /** Bytes from the start of the struct. */
  sourcePort: number;
  /** Bytes from the start of the struct. */
  destination: number;
  /** Bytes from the start of the struct. */
  destinationPort: number;
}

/** Null when this kernel has no conntrack, or has not loaded it yet. */
export async function readConntrackLayout(kernel: Btf): Promise<ConntrackLayout | null> {
  const layout = conntrackLayout(kernel);
  if (layout) return layout;
  const module = await readModuleBtf("nf_conntrack", kernel);
  return module && conntrackLayout(module);
}

/** The layout in one BTF; null when it lacks `struct nf_conn` or one of the members. */
export function conntrackLayout(btf: Btf): ConntrackLayout | null {
  if (btf.offsetOf("sk_buff", ["_nfct"]) === null) return null;
  const at = (...path: string[]) => {
    const bits = btf.offsetOf("nf_conn", path);
    return bits === null ? NaN : bits / 8;
  };
  const layout = {
    status: at("status"),
    source: at("tuplehash", "tuple", "src", "u3"),
    sourcePort: at("tuplehash", "tuple", "src", "u"),
    destination: at("tuplehash", "tuple", "dst", "u3"),
    destinationPort: at("tuplehash", "tuple", "dst", "u"),
  };
  return Object.values(layout).every(Number.isInteger) ? layout : null;
}
