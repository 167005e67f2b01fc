/** Which chains are hooked where a packet goes through. */
import type { Pass } from "./pass.ts";
import type { Base } from "./ruleset.ts";

/** The chains hooked where this pass goes through. */
export function basesAt(
  { view }: Pass,
  bases: readonly Base[],
  network: "ip4" | "ip6" | "arp",
): Base[] {
  const families = view.layer === "ip"
    ? ["inet", network === "ip6" ? "ip6" : "ip"]
    : view.layer === "netdev"
    ? ["netdev", "inet"]
    : [view.layer];
  return bases.filter(({ chain }) => {
    if (!families.includes(chain.family) || chain.hook !== view.hook) return false;
    if (view.layer === "netdev") {
      const device = view.hook === "ingress" ? view.input : view.output;
      return device === undefined || chain.device === undefined || chain.device === device;
    }
    return true;
  });
}
