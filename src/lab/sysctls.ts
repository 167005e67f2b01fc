/** What the network stack of a namespace does besides IPv4 for itself. */
export interface NamespaceOptions {
  ipv6?: boolean;
  /** Passes packets on, in the families it has. */
  forwarding?: boolean;
}

/**
 * Settings of a new namespace, by their name with dots. It would copy some IPv4 settings of the
 * machine, and IPv6 would send packets of its own accord. With all of them set, a lab is the same
 * on every machine, and quiet.
 */
export function baseSysctls(options: NamespaceOptions): Record<string, string | number> {
  const forwarding = options.forwarding ? 1 : 0;
  return {
    "net.ipv4.ip_forward": forwarding,
    ...both("net.ipv4.conf", { rp_filter: 0, send_redirects: 0, accept_redirects: 0 }),
    ...exists("/proc/sys/net/ipv6", ipv6Sysctls(options.ipv6 ?? false, forwarding)),
    // Off here; an incident that needs netfilter on bridges turns it on for its node.
    ...exists("/proc/sys/net/bridge", {
      "net.bridge.bridge-nf-call-iptables": 0,
      "net.bridge.bridge-nf-call-ip6tables": 0,
      "net.bridge.bridge-nf-call-arptables": 0,
    }),
  };
}

function ipv6Sysctls(ipv6: boolean, forwarding: number): Record<string, string | number> {
  if (!ipv6) return both("net.ipv6.conf", { disable_ipv6: 1 });
  const quiet = { accept_ra: 0, autoconf: 0, router_solicitations: 0, accept_dad: 0 };
  return both("net.ipv6.conf", { ...quiet, forwarding });
}

/**
 * "all" alone does not change devices that come later, "default" alone not those that are there.
 */
function both(base: string, values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => [
      [`${base}.all.${key}`, value],
      [`${base}.default.${key}`, value],
    ]),
  );
}

/** The values where `path` is there: a kernel without IPv6 or bridges has no settings of theirs. */
function exists<T>(path: string, values: Record<string, T>): Record<string, T> {
  try {
    Deno.statSync(path);
    return values;
  } catch {
    return {};
  }
}
