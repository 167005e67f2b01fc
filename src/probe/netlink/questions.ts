/** Questions to the kernel that have one short answer. */
import { libc, openPath } from "./libc.ts";
import { attribute32, attributesOf, int32, messagesIn, request } from "./message.ts";
import { NETLINK, NetlinkSocket } from "./socket.ts";

/** nf_tables among what netfilter's netlink serves, and its messages GETGEN and NEWGEN. */
const NFTABLES = 10 << 8;
const GET_GENERATION = NFTABLES | 16;
const NEW_GENERATION = NFTABLES | 15;
const GENERATION_ID = 1;
/** Bytes of `struct nfgenmsg`. */
const NETFILTER_HEADER_BYTES = 4;

const generationQuestion = request(GET_GENERATION, new Uint8Array(NETFILTER_HEADER_BYTES));

/**
 * The number of the ruleset of nft in a namespace: every change of it makes another one. Undefined when
 * the kernel does not tell. Ask only where nf_tables is there already: asking would load it.
 */
export function rulesetNumberIn(path: string, inode: number): number | undefined {
  return asking(path, inode, rulesetNumber);
}

function rulesetNumber(socket: NetlinkSocket): number | undefined {
  const answer = socket.ask(generationQuestion);
  for (const { type, body } of messagesIn(answer ?? new Uint8Array())) {
    if (type !== NEW_GENERATION) continue;
    return int32(attributesOf(body, NETFILTER_HEADER_BYTES).get(GENERATION_ID), false);
  }
  return undefined;
}

/** Asks netfilter in a namespace by a socket of its own. Undefined when it can't be asked. */
function asking<T>(path: string, inode: number, ask: (socket: NetlinkSocket) => T): T | undefined {
  try {
    const socket = NetlinkSocket.open(path, inode, NETLINK.netfilter);
    try {
      return ask(socket);
    } finally {
      socket.close();
    }
  } catch {
    return undefined;
  }
}

const GET_TABLE = NFTABLES | 1;
const NEW_TABLE = NFTABLES | 0;
const TABLE_NAME = 1;
/** NLMSG_DONE and NLMSG_ERROR. */
const DONE = 3;
const ERROR = 2;
/** NLM_F_DUMP_INTR. */
const INTERRUPTED = 0x10;

/** Families of tables, as netfilter numbers them and nft names them. */
export const FAMILIES: Partial<Record<number, string>> = {
  ...{ 1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6" },
};

/** More are not told in one go. */
const ANSWERS_MAX = 1_000;

/**
 * The tables of nft in a namespace, as `nft list tables` prints them: `table inet filter`. nft itself
 * reads all rules to say it. Null when the kernel does not tell, or a name is not of letters. Ask only
 * where nf_tables is there already.
 */
export function tablesIn(path: string, inode: number): string[] | null {
  return asking(path, inode, tables) ?? null;
}

function tables(socket: NetlinkSocket): string[] | null {
  const found: string[] = [];
  let answer = socket.ask(request(GET_TABLE, new Uint8Array(NETFILTER_HEADER_BYTES), true));
  for (let i = 0; i < ANSWERS_MAX && answer !== null; i++) {
    for (const { type, flags, body } of messagesIn(answer)) {
      // Changed while it was told: what was told may be neither before nor after.
      if (type === ERROR || (flags & INTERRUPTED) !== 0) return null;
      if (type === DONE) return found;
      if (type !== NEW_TABLE) continue;
      const bytes = attributesOf(body, NETFILTER_HEADER_BYTES).get(TABLE_NAME);
      const name = new TextDecoder().decode(bytes).replace(/\0$/, "");
      const family = FAMILIES[body[0] ?? 0];
      // A name with a space or a line end could pass for another table.
      if (family === undefined || !/^[\w.-]+$/.test(name)) return null;
      found.push(`table ${family} ${name}`);
    }
    const next = socket.receive();
    answer = next.kind === "bytes" ? next.bytes : null;
  }
  return null;
}

const GET_NSID = 90;
const NEW_NSID = 88;
/** Bytes of `struct rtgenmsg`, filled up. */
const GENERIC_BYTES = 4;
const NSID = 1;
const FILE = 3;

/**
 * Under which numbers a namespace knows others: by number, the inode. `others` are asked about in their
 * order until all of `wanted` are found. Throws when the namespace can't be entered.
 */
export function netnsNumbers(
  { path, inode }: { path: string; inode: number },
  wanted: ReadonlySet<number>,
  others: Iterable<{ path: string; inode: number }>,
): Map<number, number> {
  const found = new Map<number, number>();
  const socket = NetlinkSocket.open(path, inode, NETLINK.route);
  try {
    for (const other of others) {
      if (found.size === wanted.size) break;
      const fd = openPath(other.path);
      if (fd < 0) continue;
      try {
        const number = netnsNumber(socket, fd);
        if (number === undefined || !wanted.has(number)) continue;
        // The path may lead to another namespace by now: a process ended, and its number was given again.
        if (Deno.statSync(`/proc/self/fd/${fd}`).ino === other.inode) {
          found.set(number, other.inode);
        }
      } finally {
        libc().close(fd);
      }
    }
    return found;
  } finally {
    socket.close();
  }
}

/** Under which number the socket's namespace knows the one that `fd` is; undefined: under none. */
function netnsNumber(socket: NetlinkSocket, fd: number): number | undefined {
  const body = new Uint8Array(GENERIC_BYTES + 8);
  body.set(attribute32(FILE, fd), GENERIC_BYTES);
  const answer = socket.ask(request(GET_NSID, body));
  for (const message of messagesIn(answer ?? new Uint8Array())) {
    if (message.type !== NEW_NSID) continue;
    return int32(attributesOf(message.body, GENERIC_BYTES).get(NSID));
  }
  return undefined;
}
