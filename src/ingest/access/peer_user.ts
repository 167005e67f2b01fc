/** Which user of this machine made a connection over loopback: every user has the same addresses. */
import { isTrustedUser } from "../../files/trusted_user.ts";

/** Both ends of a connection: the address and port of who asks, and the port that was asked. */
export interface Ends {
  peer: { hostname: string; port: number };
  port: number;
}

/** Linux's tables of this network namespace's TCP sockets, of both families (proc_net_tcp.rst). */
const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];

/**
 * Why a connection was not made by this process's own user, by root, or by who became root by sudo;
 * null when it was. A system without these tables can't tell, and that is a reason, too.
 */
export function whyNotOwnUser(ends: Ends | undefined, tables = readTables()): string | null {
  const uid = ends === undefined ? null : userOfPeer(ends, tables);
  if (uid === null) return "which user sent it can't be told";
  return isTrustedUser(uid) ? null : `the user with uid ${uid} sent it`;
}

/** The user who has the other end open; null when nobody has. */
export function userOfPeer({ peer, port }: Ends, tables: readonly string[]): number | null {
  const from = `${hexAddress(peer.hostname)}:${hexPort(peer.port)}`;
  for (const line of tables.flatMap((table) => table.split("\n"))) {
    const [, local, remote, , , , , uid, , inode] = line.trim().split(/\s+/);
    if (local === undefined || remote === undefined) continue;
    if (!local.endsWith(from) || !remote.endsWith(`:${hexPort(port)}`)) continue;
    // A socket that its process closed has no inode, and is told as root's.
    if (inode !== "0") return Number(uid);
  }
  return null;
}

function readTables(): string[] {
  return TABLES.flatMap((path) => {
    try {
      return [Deno.readTextFileSync(path)];
    } catch {
      return [];
    }
  });
}

const hexPort = (port: number) => port.toString(16).toUpperCase().padStart(4, "0");

/**
 * An address as the kernel prints it, words of 32 bits as little-endian numbers. IPv4 is the end of
 * how a socket of IPv6 writes it.
 */
function hexAddress(address: string): string {
  if (address === "::1") return "00000000000000000000000001000000";
  const bytes = address.replace(/^::ffff:/, "").split(".").map(Number);
  return bytes.reverse().map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("");
}
