/** Which lines of `ip -o monitor` and `nft monitor` mean that a snapshot is out of date. Pure. */

/** Neighbours remembered per namespace; when there are more, it begins afresh. */
const NEIGHBOURS_MAX = 20_000;

/** `10.0.0.1 dev eth0 lladdr 02:… router STALE`, `Deleted 10.0.0.1 dev eth0 FAILED`. */
const NEIGHBOUR = /^(Deleted )?([\da-f.:]+) dev (\S+)(?: lladdr (\S+))?(?: \S+)* ([A-Z ]+)$/;
/** A learned entry of a bridge: `dev veth1 lladdr 02:… REACHABLE`. */
const BRIDGE_ENTRY = /^(?:Deleted )?dev \S+ lladdr /;

/**
 * Says of each line of `ip monitor` whether it is a change worth reading again. A neighbour is
 * confirmed again all the time; it counts when it appears, changes its MAC, fails or goes.
 */
export function changeDetector(): (line: string) => boolean {
  const known = new Map<string, string>();
  return (line) => {
    const text = line.trim();
    if (text === "" || BRIDGE_ENTRY.test(text)) return false;
    const found = NEIGHBOUR.exec(text);
    // Anything else is a link, an address, a route, a rule or a setting.
    if (!found) return true;
    const [, deleted, address, device, mac = "", states = ""] = found;
    // Multicast addresses map to MACs without asking anyone.
    if (states === "NOARP") return false;
    const key = `${address} ${device}`;
    if (deleted) {
      known.delete(key);
      return true;
    }
    const now = states.includes("FAILED") ? "failed" : mac;
    if (known.get(key) === now) return false;
    if (known.size >= NEIGHBOURS_MAX) known.clear();
    known.set(key, now);
    return true;
  };
}
