/**
 * The numbers (nsid) that a namespace has for others. A link names by such a number the namespace
 * that its other end is in.
 */
import { execa } from "execa";
import { z } from "zod";
import { listNetns, type NetnsHandle } from "./netns.ts";
import { asOwnTool } from "./own_tools.ts";

/** Inode of a namespace → its number for another namespace → the inode of that one. */
export type NetnsIds = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** What a namespace answered. Asking again tells nothing new while the same namespaces exist. */
interface Known {
  ids: ReadonlyMap<number, number>;
  /** The namespaces there were when it was asked. */
  all: string;
}

/**
 * Remembers the numbers, since a namespace keeps them and asking costs a process for each. A number
 * may be given again once its namespace is gone, so an answer counts only while that one exists.
 */
export class NetnsIdCache {
  readonly #known = new Map<number, Known>();

  constructor(
    readonly list: () => Promise<NetnsHandle[]> = listNetns,
    readonly ask: typeof readNetnsIds = readNetnsIds,
  ) {}

  /** Inodes behind numbers. `wanted` has, by inode of a namespace, the numbers its links name. */
  async of(wanted: ReadonlyMap<number, Iterable<number>>): Promise<NetnsIds> {
    if (wanted.size === 0) return new Map();
    const handles = await this.list();
    const inodes = new Set(handles.map((one) => one.inode));
    for (const inode of this.#known.keys()) {
      if (!inodes.has(inode)) this.#known.delete(inode);
    }
    const all = [...inodes].join(" ");
    const unknown = [...wanted].filter(([inode, numbers]) => {
      const known = this.#known.get(inode);
      if (!known || known.all === all) return !known;
      return [...numbers].some((number) => !inodes.has(known.ids.get(number) ?? -1));
    }).map(([inode]) => inode);
    for (const [inode, ids] of await this.ask(unknown, handles)) {
      this.#known.set(inode, { ids, all });
    }
    const out = new Map<number, ReadonlyMap<number, number>>();
    for (const inode of wanted.keys()) {
      const ids = this.#known.get(inode)?.ids ?? [];
      out.set(inode, new Map([...ids].filter(([, other]) => inodes.has(other))));
    }
    return out;
  }
}

/**
 * Asks the kernel, in each netns of `inodes`, under which number it knows each of `all`.
 *
 * `ip netns list-id` answers by name, for what lies in /run/netns. So that it knows every
 * namespace, and each by its inode, it runs where /run/netns is a folder of our own: in a private
 * mount namespace that ends with the process, with /sys as the place to build it since no namespace
 * is opened through there.
 */
export async function readNetnsIds(
  inodes: readonly number[],
  all: readonly NetnsHandle[],
): Promise<NetnsIds> {
  if (inodes.length === 0) return new Map();
  const pairs = all.flatMap((one) => [String(one.inode), one.path]);
  const result = await asOwnTool(execa(
    "timeout",
    [
      ...["--signal", "KILL", "10", "unshare", "--mount", "sh", "-c", SCRIPT, "sh"],
      ...[...pairs, "--", ...inodes.map(String)],
    ],
    { stdin: "ignore", reject: false, cleanup: false, maxBuffer: 16 * 1024 * 1024 },
  ));
  return netnsIds(result.stdout ?? "");
}

const SCRIPT = String.raw`
export PATH="$PATH:/usr/sbin:/sbin"
mount -t tmpfs tmpfs /sys && mkdir /sys/netns || exit 1
while [ "$1" != -- ]; do
  : >"/sys/netns/$1"
  mount --bind "$2" "/sys/netns/$1" 2>/dev/null || rm -f "/sys/netns/$1"
  shift 2
done
shift
mount --rbind /sys /run || exit 1
for inode; do
  [ -e "/run/netns/$inode" ] || continue
  printf '%s ' "$inode"
  nsenter --net="/run/netns/$inode" ip -j netns list-id || echo
done
`;

const Listed = z.array(z.object({ nsid: z.number().int(), name: z.string().optional() }));

/** Lines of an inode and what `ip -j netns list-id` printed there. */
export function netnsIds(text: string): NetnsIds {
  const out = new Map<number, Map<number, number>>();
  for (const line of text.split("\n")) {
    const [, inode, json = ""] = /^(\d+) (\[.*\])\s*$/.exec(line) ?? [];
    if (inode === undefined) continue;
    const ids = new Map<number, number>();
    for (const row of parseListed(json)) {
      if (/^\d+$/.test(row.name ?? "")) ids.set(row.nsid, Number(row.name));
    }
    out.set(Number(inode), ids);
  }
  return out;
}

function parseListed(json: string): z.infer<typeof Listed> {
  try {
    return Listed.parse(JSON.parse(json));
  } catch {
    // What is not known stays unknown: a peer without a netns.
    return [];
  }
}
