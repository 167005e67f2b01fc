/**
 * Commands of a remedy, as typed on the node they are for. A command is an argument vector; `quoted`
 * is the only place where one becomes text, so that no name from outside is ever read by a shell.
 */
import { isSeenWhole } from "../../event/names.ts";
import type { NodeView } from "../view/timeline.ts";
import { named, type Word } from "./word.ts";

/**
 * The command in its namespace, as one line or none: by `ip netns exec` where the namespace has a
 * name. None where a word is unknown or hostile. Where nobody can tell whether the namespace is the
 * machine's own, a line of words (a comment for a shell) says how to find a way into it.
 */
export function command(
  node: NodeView,
  netns: number | undefined,
  words: readonly Word[],
): string[] {
  if (!isWhole(words)) return [];
  const name = nameOf(node, netns);
  if (name !== undefined) {
    const enter = ["ip", "netns", "exec", named(name)];
    return isWhole(enter) ? [quoted([...enter, ...words])] : [];
  }
  if (isAmbiguous(node, netns)) {
    return [
      `# in network namespace ${netns}, which has no name: find a process in it with ` +
      "lsns -t net, enter with nsenter --net=/proc/PID/ns/net",
    ];
  }
  return [quoted(words)];
}

/** A command that is not about one namespace, as one line or none. */
export function commandAnywhere(words: readonly Word[]): string[] {
  return isWhole(words) ? [quoted(words)] : [];
}

/** Words for a POSIX shell, which reads exactly these: in single quotes unless a word is plain. */
export function quoted(words: readonly (string | number)[]): string {
  return words.map((word) => {
    const text = String(word);
    return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
  }).join(" ");
}

/** What is typed must be what is seen, and an option or value that is missing changes the meaning. */
function isWhole(words: readonly Word[]): words is readonly (string | number)[] {
  return words.every((word) =>
    typeof word === "number" || (typeof word === "string" && word !== "" && isSeenWhole(word))
  );
}

function nameOf(node: NodeView, netns: number | undefined): string | undefined {
  return node.states.get(netns ?? -1)?.find(({ state }) => state.name !== undefined)?.state.name;
}

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
