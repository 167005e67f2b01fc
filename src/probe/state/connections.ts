/** Connections of conntrack, from the lines of /proc/net/nf_conntrack or `conntrack -o extended`. */
import { Connection, type ConnectionTuple } from "../../event/state_connections.ts";
import { formatAddress, parseAddress } from "../../event/filter/address.ts";
import { clip, type Gaps, keepRows, ROWS_MAX } from "./bounds.ts";
import { failure } from "./section_rows.ts";
import type { Section } from "./sections.ts";

/** Which connections are looked for in a table that may have hundreds of thousands. */
export interface ConnectionQuery {
  /**
   * Words of which a line has at least one, as `dst=10.96.0.10 `: lines without are not even taken
   * out of the namespace. Empty: any line may be one.
   */
  words: readonly string[];
  concerns(connection: Connection): boolean;
}

/** All of them. */
export const EVERY_CONNECTION: ConnectionQuery = { words: [], concerns: () => true };

/** Bytes of lines that are taken out of one namespace: some ten thousand connections. */
export const CONNECTION_BYTES_MAX = 2 * 1024 * 1024;

/** What of a state is told of its connections; nothing when they were not asked for. */
export function connectionsOf(
  section: Section | undefined,
  query: ConnectionQuery,
  gaps: Gaps,
): { connections?: Connection[]; connectionsLeftOut?: number } {
  if (section === undefined) return {};
  if (section.status !== 0 && section.stdout.trim() === "") {
    gaps.add("connections", failure(section));
    return {};
  }
  // Tools that are not bounded one by one may print more of it.
  const list = section.stdout.slice(0, CONNECTION_BYTES_MAX);
  if (list.length === CONNECTION_BYTES_MAX) {
    gaps.add("connections", `cut: the first ${CONNECTION_BYTES_MAX} bytes of the list were read`);
  }
  const asked = list.split("\n").map(connection)
    .filter((each): each is Connection => each !== null && query.concerns(each));
  // Only a translated one tells what rules and addresses do not.
  const sorted = [...asked.filter(isTranslated), ...asked.filter((each) => !isTranslated(each))];
  // Those that find no room are not looked at any further: there may be ten thousand.
  const told = sorted.slice(0, ROWS_MAX.connections);
  const connections = keepRows("connections", told, Connection, told.length, gaps);
  const connectionsLeftOut = sorted.length - told.length;
  return { connections, ...(connectionsLeftOut > 0 ? { connectionsLeftOut } : {}) };
}

/** The two directions do not have the same two ends. */
function isTranslated({ original, reply }: Connection): boolean {
  return original.source !== reply.destination || original.destination !== reply.source ||
    original.sourcePort !== reply.destinationPort || original.destinationPort !== reply.sourcePort;
}

const LINE = /^ipv[46]\s+\d+\s+\S+\s+(\d+)\s+(?:(\d+)\s+)?(?:([A-Z_\d]+)\s+)?(?=src=)/;

/** One line; null for what is none. */
function connection(line: string): Connection | null {
  const found = LINE.exec(line);
  if (!found) return null;
  const [begin, protocol, timeout, state] = found;
  const words = line.slice(begin.length).split(" ");
  const second = words.findIndex((word, i) => i > 0 && word.startsWith("src="));
  if (second < 0) return null;
  const original = valuesOf(words.slice(0, second));
  const reply = valuesOf(words.slice(second));
  const number = (value: string | undefined) => value === undefined ? undefined : Number(value);
  const optional = {
    state: state && clip(state, 255),
    timeoutSeconds: number(timeout),
    ageSeconds: number(reply["delta-time"]),
    mark: number(reply.mark),
    zone: number(reply.zone) || undefined,
  };
  return {
    protocol: Number(protocol),
    original: tuple(original),
    reply: tuple(reply),
    status: words.filter((word) => /^\[\w+\]$/.test(word)).map((word) => word.slice(1, -1)),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

const valuesOf = (words: readonly string[]): Record<string, string | undefined> =>
  Object.fromEntries(words.filter((word) => word.includes("=")).map((word) => word.split("=")));

function tuple({ src, dst, sport, dport, id }: Record<string, string | undefined>) {
  const from = sport ?? id;
  // Both directions of an echo have its id, which is the port of its client's end.
  const to = dport ?? id;
  const made: ConnectionTuple = { source: plain(src), destination: plain(dst) };
  if (from !== undefined) made.sourcePort = Number(from);
  if (to !== undefined) made.destinationPort = Number(to);
  return made;
}

/** The kernel writes all zeros of an IPv6 address, and everybody else does not. */
function plain(address = ""): string {
  const parsed = parseAddress(address);
  return parsed ? formatAddress(parsed) : clip(address, 64);
}
