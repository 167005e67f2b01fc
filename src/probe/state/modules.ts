/**
 * What may be asked of this kernel without changing it. Asking nf_tables, sock_diag or xfrm for a
 * list makes the kernel load the module that would answer. A module that could be loaded and is not
 * has nothing to list, so it is not asked.
 */
export type Askable = "netfilter" | "sockets" | "xfrm" | "connections" | "ipset";

const NEEDS: Record<Askable, readonly string[]> = {
  netfilter: ["nfnetlink", "nf_tables"],
  sockets: ["inet_diag", "tcp_diag", "udp_diag"],
  xfrm: ["xfrm_user"],
  connections: ["nfnetlink", "nf_conntrack_netlink"],
  ipset: ["nfnetlink", "ip_set"],
};

/** `modules.dep` lists what can be loaded, `/proc/modules` what is. Neither: all is built in. */
export function askable(loadable: string, loaded: string): Askable[] {
  const isLoaded = new Set(loaded.split("\n").map((line) => line.split(" ")[0]));
  const canLoad = new Set<string>();
  for (const line of loadable.split("\n")) {
    const file = line.split(":")[0]?.split("/").at(-1) ?? "";
    canLoad.add(file.replace(/\.ko(\.\w+)?$/, "").replaceAll("-", "_"));
  }
  return (Object.keys(NEEDS) as Askable[]).filter((what) =>
    NEEDS[what].every((module) => isLoaded.has(module) || !canLoad.has(module))
  );
}

/** What may be asked of the running kernel, as it is now: modules come and go. */
export async function askableHere(): Promise<Askable[]> {
  const release = (await textOf("/proc/sys/kernel/osrelease")).trim();
  return askable(
    await textOf(`/lib/modules/${release}/modules.dep`),
    await textOf("/proc/modules"),
  );
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}
