/** What the network stack of a namespace does besides IPv4 for itself. */
export interface NamespaceOptions {
  ipv6?: boolean;
  /** Passes packets on, in the families it has. */
  forwarding?: boolean;
}

/**
 * New namespaces copy some IPv4 settings of the machine, and IPv6 talks unasked. Said outright, a lab
 * is the same everywhere and quiet.
 */
export function baseSysctls(options: NamespaceOptions): Record<string, string | number> {
  const forwarding = options.forwarding ? 1 : 0;
  return {
    "net.ipv4.ip_forward": forwarding,
    ...both("net.ipv4.conf", { rp_filter: 0, send_redirects: 0, accept_redirects: 0 }),
    ...exists("/proc/sys/net/ipv6", ipv6Sysctls(options.ipv6 ?? false, forwarding)),
    // A node asks for netfilter on bridges where its incident has it.
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

/** "all" alone does not reach devices to come, "default" alone not those that are there. */
function both(base: string, values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => [
      [`${base}.all.${key}`, value],
      [`${base}.default.${key}`, value],
    ]),
  );
}

/** Kernels built or booted without a family have none of its settings. */
function exists<T>(path: string, values: Record<string, T>): Record<string, T> {
  try {
    Deno.statSync(path);
    return values;
  } catch {
    return {};
  }
}
