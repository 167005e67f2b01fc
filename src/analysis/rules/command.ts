/**
 * Commands of a remedy, as typed on the node they are for. A command is an argument vector; `quoted`
 * is the only place where one becomes text, so that no name from outside is ever read by a shell.
 */
import { isSeenWhole } from "../../event/names.ts";
import type { NodeView } from "../view/timeline.ts";
import { entering } from "./entering.ts";
import type { Word } from "./word.ts";

/**
 * A command that only shows something, in its namespace, as one line or none (`entering`). None where a word is unknown or hostile, or where it would change
 * something: what changes is told by `checked`. Where nobody can tell whether the namespace is the
 * machine's own, a line of words (a comment for a shell) says how to find a way into it.
 */
export function command(
  node: NodeView,
  netns: number | undefined,
  words: readonly Word[],
): string[] {
  return shows(words) ? changing(node, netns, words) : [];
}

/** As `command`, for one that may change something. Only `checked` asks for it. */
export function changing(
  node: NodeView,
  netns: number | undefined,
  words: readonly Word[],
): string[] {
  if (!isWhole(words)) return [];
  const enter = entering(node, netns);
  if (enter === null) {
    return [
      `# in network namespace ${netns}, which has no name: find a process in it with ` +
      "lsns -t net, enter with nsenter --net=/proc/PID/ns/net",
    ];
  }
  return isWhole(enter) ? [quoted([...enter, ...words])] : [];
}

/** A command that only shows something, and is not about one namespace, as one line or none. */
export function commandAnywhere(words: readonly Word[]): string[] {
  return isWhole(words) && shows(words) ? [quoted(words)] : [];
}

/** Commands that only show, by their first words without options. */
const SHOWS = [
  ...["ip route get", "ip route show", "ip link show", "ip addr show", "ip neigh show"],
  ...["bridge link show", "bridge fdb show", "tc qdisc show", "tc filter show", "nft list chain"],
  ...["bridge vlan show", "bridge vlan tunnelshow"],
  ...[
    "bridge mdb show",
    "ip tuntap show",
    "ip macsec show",
    "ip l2tp show",
    "ss",
    "cat",
    "ufw status",
    "wg show",
  ],
];

/** Nothing is another after it: it is a command of a kind that is known to show only. */
export function shows(words: readonly Word[]): boolean {
  const [program, ...more] = words.map(String);
  if (/^ip6?tables(-legacy)?$/.test(program ?? "")) {
    return more.length === 4 && more[0] === "-t" && more[2] === "-S";
  }
  if (program === "kubectl") return more[0] === "-n" && more[2] === "get";
  if (program === "sysctl") return more.length === 1 && /^[\w./-]+$/.test(more[0]!);
  if (program === "conntrack") {
    const [first, ...asked] = more;
    return first === "-L" &&
      asked.every((word, i) => i % 2 === 0 ? /^-[psd]$/.test(word) : isName(word));
  }
  if (program === "ss" && more.some((word) => /^-\w*K|^--kill/.test(word))) return false;
  if (words.join(" ") === "ip xfrm policy" || words.join(" ") === "ip -6 xfrm policy") return true;
  // Without the last word it would print keys.
  if (words.join(" ") === "ip xfrm state show nokeys") return true;
  // `--` begins another command of ovs-vsctl's, which may change something.
  if (program === "ovs-vsctl") {
    if (more.length === 3 && more[0] === "list" && more[1] === "port") return isName(more[2]!);
    return more.length === 2
      ? more[0] === "iface-to-br" && !more[1]!.startsWith("-")
      : more.join(" ") === "show";
  }
  if (program === "teamnl") {
    return more.length === 2 && isName(more[0]!) && more[1] === "options";
  }
  if (words.join(" ") === "ovs-dpctl show") return true;
  if (words.join(" ") === "ip -f mpls route show") return true;
  if (program === "ovs-appctl") {
    return more.length === 2 && more[0] === "fdb/show" && isName(more[1]!);
  }
  if (program === "ovs-ofctl") {
    return more.length === 3 && more[0] === "dump-flows" && !more[1]!.startsWith("-") &&
      /^table=\d+$/.test(more[2]!);
  }
  const plain = words.filter((word) => !String(word).startsWith("-")).join(" ");
  return SHOWS.some((known) => `${plain} `.startsWith(`${known} `));
}

const isName = (word: string): boolean => !word.startsWith("-");

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
