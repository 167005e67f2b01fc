/** Commands of a remedy, as typed on the node they are for. */
import { netnsName } from "../view/state_view.ts";
import type { NodeView } from "../view/timeline.ts";
import type { Case } from "./case.ts";

/** The command as typed on that node, inside the netns when it has a name of its own. */
export function command(node: NodeView, netns: number | undefined, text: string): string {
  const name = netnsName(node, netns);
  const named = node.states.get(netns ?? -1)?.some((entry) => entry.state.name !== undefined) ??
    false;
  return named ? `ip netns exec ${shell(name)} ${text}` : text;
}

/** Sets an IPv4 setting of a device; with slashes where a dot of its name would not be one. */
export function setDevice(found: Case, setting: string, value: number): string {
  const { device } = found;
  const name = device.includes(".")
    ? `net/ipv4/conf/${device}/${setting}`
    : `net.ipv4.conf.${device}.${setting}`;
  return command(found.node, found.netns, `sysctl -w ${shell(`${name}=${value}`)}`);
}

/** Names come from outside: quoted unless they are plain. */
export function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
