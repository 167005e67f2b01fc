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

/** What is loaded, by `/proc/modules`, answers; what can't be loaded and is not is built in. */
export function askable(loadable: ReadonlySet<string>, loaded: string): Askable[] {
  const isLoaded = new Set(loaded.split("\n").map((line) => line.split(" ")[0]));
  return (Object.keys(NEEDS) as Askable[]).filter((what) =>
    NEEDS[what].every((module) => isLoaded.has(module) || !loadable.has(module))
  );
}

/** Names of modules that a `modules.dep` lists. */
export function loadableIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of text.split("\n")) {
    const file = line.split(":", 1)[0]?.split("/").at(-1) ?? "";
    names.add(file.replace(/\.ko(\.\w+)?$/, "").replaceAll("-", "_"));
  }
  return names;
}

/** The list that was read last: it has thousands of lines, and is another one after an update alone. */
let last: { version: string; names: ReadonlySet<string> } | undefined;

/**
 * The modules that the `modules.dep` at a path lists, the same set while it is the same file; none where
 * there is no such file.
 */
export async function loadableAt(path: string): Promise<ReadonlySet<string>> {
  const { ino, size, mtime } = await Deno.stat(path).catch(() => NO_FILE);
  const version = [path, ino, size, mtime?.getTime()].join(" ");
  if (last?.version === version) return last.names;
  const text = await textOf(path);
  const names = loadableIn(text);
  // What could not be read may be read the next time.
  last = text === "" ? undefined : { version, names };
  return names;
}

const NO_FILE = { ino: null, size: 0, mtime: null };

/** What may be asked of the running kernel, as it is now: modules come and go. */
export async function askableHere(): Promise<Askable[]> {
  const release = (await textOf("/proc/sys/kernel/osrelease")).trim();
  return askable(
    await loadableAt(`/lib/modules/${release}/modules.dep`),
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
