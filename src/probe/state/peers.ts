/** Which netns the other end of a link is in, for every link of several snapshots. */
import { execa } from "execa";
import { z } from "zod";
import type { Link, NetnsState } from "../../event/state.ts";
import type { NetnsHandle } from "./netns.ts";

/** Per netns: its own number for another netns → that one's inode. */
export type NetnsIds = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** A snapshot, and behind which nsid the peers of its links are. */
export interface Reading {
  state: NetnsState;
  netnsids: ReadonlyMap<number, number>;
}

/**
 * Asks the kernel, in each netns of `inodes`, under which number it knows each of `all`.
 *
 * `ip netns list-id` answers by name, for what lies in /run/netns. So that it knows every namespace,
 * and each by its inode, it runs where /run/netns is a folder of our own: in a private mount
 * namespace that ends with the process, with /sys as the place to build it since no namespace is
 * opened through there.
 */
export async function readNetnsIds(
  inodes: readonly number[],
  all: readonly NetnsHandle[],
): Promise<NetnsIds> {
  if (inodes.length === 0) return new Map();
  const pairs = all.flatMap((one) => [String(one.inode), one.path]);
  const result = await execa(
    "timeout",
    [
      ...["--signal", "KILL", "20", "unshare", "--mount", "sh", "-c", SCRIPT, "sh"],
      ...[...pairs, "--", ...inodes.map(String)],
    ],
    { stdin: "ignore", reject: false, cleanup: false, maxBuffer: 16 * 1024 * 1024 },
  );
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

/** Writes `peerNetns` and the underlay of tunnels into the links of all snapshots. */
export function fillPeers(readings: readonly Reading[], ids: NetnsIds): void {
  const linkAt = new Map<string, Link>();
  for (const { state } of readings) {
    for (const link of state.links) linkAt.set(`${state.netns} ${link.ifindex}`, link);
  }
  for (const { state, netnsids } of readings) {
    for (const link of state.links) {
      const netns = ids.get(state.netns)?.get(netnsids.get(link.ifindex) ?? -1);
      if (netns === undefined) continue;
      if (link.peerIfindex !== undefined) link.peerNetns = netns;
      if (!link.tunnel) continue;
      link.tunnel.underlayNetns = netns;
      const lower = linkAt.get(`${netns} ${link.tunnel.underlayIfindex}`);
      if (lower) link.tunnel.underlay = lower.name;
    }
  }
}
