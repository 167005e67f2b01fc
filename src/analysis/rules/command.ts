/** Commands of a remedy, as typed on the node they are for. */
import { netnsName } from "../view/state_view.ts";
import type { NodeView } from "../view/timeline.ts";
import type { Case } from "./case.ts";

/** The command as typed on that node: by `ip netns exec` where the namespace has a name there. */
export function command(node: NodeView, netns: number | undefined, text: string): string {
  const name = netnsName(node, netns);
  const named = node.states.get(netns ?? -1)?.some((entry) => entry.state.name !== undefined) ??
    false;
  return named ? `ip netns exec ${shell(name)} ${text}` : text;
}

/**
 * Sets an IPv4 setting of a device. `sysctl` reads a dot as a slash, so a device with a dot in its
 * name needs the form with slashes.
 */
export function setDevice(subject: Case, setting: string, value: number): string {
  const { device } = subject;
  const name = device.includes(".")
    ? `net/ipv4/conf/${device}/${setting}`
    : `net.ipv4.conf.${device}.${setting}`;
  return command(subject.node, subject.netns, `sysctl -w ${shell(`${name}=${value}`)}`);
}

/** A word of a command, in single quotes unless it is plain: names come from outside. */
export function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
