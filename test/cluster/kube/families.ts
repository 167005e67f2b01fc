/** Addresses of IPv6 for the tests' cluster, where it is to have both families (`--dual`). */

/** What the programs of the cluster are told of families. */
export interface Families {
  /** Of services and of all pods, as options take them. */
  services: string;
  pods: string;
  /** `IPv6DualStack` is off by default before Kubernetes 1.21. */
  gates: Record<string, boolean>;
}

/** IPv4 alone, or both. */
export const familiesOf = (isDual: boolean): Families =>
  isDual
    ? {
      services: "10.96.0.0/16,fd00:10:96::/112",
      pods: "10.244.0.0/16,fd00:10:244::/56",
      gates: { IPv6DualStack: true },
    }
    : { services: "10.96.0.0/16", pods: "10.244.0.0/16", gates: {} };

/** The gates as an option; none: no option. */
export const gateOptions = ({ gates }: Families): string[] => {
  const list = Object.entries(gates).map(([name, value]) => `${name}=${value}`);
  return list.length === 0 ? [] : [`--feature-gates=${list.join(",")}`];
};

/** The second address of a node, `node2`, and the network of its pods. */
export const address6 = ({ name }: { name: string }): string => `fd00:60::${name.slice(-1)}`;
export const pods6 = ({ name }: { name: string }): string => `fd00:10:244:${name.slice(-1)}::/64`;
