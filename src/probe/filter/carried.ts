/**
 * Packets of the filter that go through a tunnel inside a tunnel: between the ends of the outer one the
 * probe reads the headers of both tunnels, and the packet itself has the third one.
 */
import { ALL, type FilterNode, join } from "../../event/filter/ast.ts";
import { parseAddress } from "../../event/filter/address.ts";
import type { NetnsState } from "../../event/state.ts";
import { compileFilterForms, type FilterForm } from "./compile.ts";

/** The third header's variables in `bpf/lib/carried.bt`. */
const THIRD: FilterForm = {
  family: "$v",
  source4: "($l & 0xffffffff)",
  destination4: "($l >> 32)",
  source6: ["(*(uint64*)($k + 8))", "(*(uint64*)($k + 16))"],
  destination6: ["(*(uint64*)($k + 24))", "(*(uint64*)($k + 32))"],
  // A filter of addresses asks for nothing else.
  protocol: "0",
  sourcePort: "0",
  destinationPort: "0",
  hasPorts: "0",
};

/** The expression of a filter's addresses over the third header; null where it names none, or too many. */
export function carriedFilter(node: FilterNode): string | null {
  const addresses = addressesOf(node);
  return addresses.kind === "all" ? null : compileFilterForms(addresses, [THIRD]);
}

/** A filter by addresses alone, which lets through whatever the whole one does. */
function addressesOf(node: FilterNode): FilterNode {
  switch (node.kind) {
    case "address":
      return node;
    case "and": {
      const parts = node.nodes.map(addressesOf).filter(({ kind }) => kind !== "all");
      return parts.length === 0 ? ALL : join("and", parts);
    }
    case "or": {
      const parts = node.nodes.map(addressesOf);
      return parts.some(({ kind }) => kind === "all") ? ALL : join("or", parts);
    }
    // What a part that is turned round lets through is not known by addresses.
    default:
      return ALL;
  }
}

/** Whether a tunnel of the namespace ends at an address of another one, or goes to its network. */
export function hasTunnelInTunnel({ links }: NetnsState): boolean {
  const networks = links.filter(({ tunnel }) => tunnel !== undefined).flatMap((
    { ifindex, addresses },
  ) => addresses.map(({ address, prefix }) => ({ ifindex, own: parseAddress(address), prefix })));
  return links.some(({ ifindex, tunnel }) =>
    [tunnel?.local, tunnel?.remote].some((end) => {
      const ended = end === undefined ? null : parseAddress(end);
      return networks.some(({ ifindex: other, own, prefix }) => {
        if (other === ifindex || own === null || own.version !== ended?.version) return false;
        const rest = BigInt((own.version === 4 ? 32 : 128) - prefix);
        return own.bits >> rest === ended.bits >> rest;
      });
    })
  );
}
