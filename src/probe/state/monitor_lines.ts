/** Which lines of `ip -o monitor label` mean that a snapshot is out of date. Pure. */
import type { HeardPart } from "../../event/state_heard.ts";

/** Neighbours remembered per namespace; when there are more, it begins afresh. */
const NEIGHBOURS_MAX = 20_000;

/** `10.0.0.1 dev eth0 lladdr 02:… router STALE`, `Deleted 10.0.0.1 dev eth0 FAILED`. */
const NEIGHBOUR = /^(Deleted )?([\da-f.:]+) dev (\S+)(?: lladdr (\S+))?(?: \S+)* ([A-Z ]+)$/;
/** A learned entry of a bridge: `dev veth1 lladdr 02:… REACHABLE`. */
const BRIDGE_ENTRY = /^(?:Deleted )?dev \S+ lladdr /;

/** The words before a line that say what it is about. */
const LABELS: Partial<Record<string, HeardPart>> = {
  LINK: "link",
  ADDR: "address",
  ROUTE: "route",
  RULE: "rule",
  NEIGH: "neighbour",
  NETCONF: "netconf",
};

/**
 * Says of each line what changed, if it is worth reading again: null if not, "anything" where the line
 * does not say. A neighbour is confirmed again all the time; it counts when it appears, changes its
 * MAC, fails or goes.
 */
export function changeDetector(): (line: string) => HeardPart | "anything" | null {
  const known = new Map<string, string>();
  return (line) => {
    const [, label = "", rest = ""] = /^(?:\[([A-Z]+)\])?(.*)$/.exec(line.trim()) ?? [];
    const text = rest.trim();
    if (text === "" || BRIDGE_ENTRY.test(text)) return null;
    const part = LABELS[label] ?? "anything";
    const found = NEIGHBOUR.exec(text);
    // Anything else is a link, an address, a route, a rule or a setting.
    if (!found) return part;
    const [, deleted, address, device, mac = "", states = ""] = found;
    // Multicast addresses map to MACs without asking anyone.
    if (states === "NOARP") return null;
    const key = `${address} ${device}`;
    if (deleted) {
      known.delete(key);
      return part;
    }
    const now = states.includes("FAILED") ? "failed" : mac;
    if (known.get(key) === now) return null;
    if (known.size >= NEIGHBOURS_MAX) known.clear();
    known.set(key, now);
    return part;
  };
}
