/** How a command gets into a network namespace, which may have no name or one that `ip netns` lacks. */
import type { NodeView } from "../view/timeline.ts";
import { named, type Word } from "./word.ts";

/**
 * Runs the words behind a namespace's file and its number, in that namespace. A process's number may be
 * another process's by the time a remedy is read: where the file is of another namespace, nothing is run.
 */
export const IF_STILL_THERE =
  '[ "$(readlink "$0")" = "$1" ] || { echo "$0 is not $1 any more" >&2; exit 1; }; shift; ' +
  'exec nsenter --net="$0" "$@"';

/**
 * Words to put before a command: none for the machine's own namespace. null: nobody can tell how to
 * get in, and a command without these words may act on another namespace.
 */
export function entering(node: NodeView, netns: number | undefined): readonly Word[] | null {
  const states = node.states.get(netns ?? -1) ?? [];
  const called = states.findLast(({ state }) => state.name !== undefined)?.state;
  if (called?.file !== undefined) return ["nsenter", assignedFile(called.file)];
  if (called?.name !== undefined) return ["ip", "netns", "exec", named(called.name)];
  if (!isAmbiguous(node, netns)) return [];
  const pid = states.at(-1)?.state.holder?.pid;
  if (pid === undefined) return null;
  return ["sh", "-c", IF_STILL_THERE, `/proc/${pid}/ns/net`, `net:[${netns}]`];
}

/** Only a whole path, so that it is the same wherever the command is typed. */
const assignedFile = (path: string): Word => path.startsWith("/") ? `--net=${path}` : null;

/**
 * The machine's own namespace has no name, and newer probes say of each whether it is that one. Where
 * nothing is said and two have no name, it is not known which of them a command would change.
 */
function isAmbiguous({ header, states }: NodeView, netns: number | undefined): boolean {
  if (netns === undefined) return false;
  const said = header.netns.filter((one) => one.own !== undefined);
  // The machine's own may be none of those that are watched.
  if (said.length > 0) return !said.some((one) => one.own && one.inode === netns);
  const named = new Set(header.netns.flatMap((one) => one.name === undefined ? [] : [one.inode]));
  const all = new Set([netns, ...states.keys(), ...header.netns.map(({ inode }) => inode)]);
  return [...all].filter((inode) =>
    !named.has(inode) && states.get(inode)?.every(({ state }) => state.name === undefined) !== false
  ).length > 1;
}
