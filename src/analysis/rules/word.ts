/**
 * Words of commands that come from outside: node state, archives and events. Each is null when it is
 * not what the command takes there, and then there is no command.
 */
import { isDeviceName, isIp, isMac, isPrefix, isSeenWhole } from "../../event/names.ts";

/** One word of a command. Null or undefined: what belongs there is unknown or hostile. */
export type Word = string | number | null | undefined;

/** A device that tools can be told by name: the kernel allows it, and no tool takes it for an option. */
export const device = (name: string | undefined): Word =>
  name !== undefined && isDeviceName(name) ? named(name) : null;

/** An address without a prefix length. */
export const address = (text: string | undefined): Word =>
  text !== undefined && isIp(text) ? text : null;

/** An address with or without a prefix length. */
export const prefix = (text: string | undefined): Word =>
  text !== undefined && isPrefix(text) ? text : null;

/** A link address. */
export const mac = (text: string | undefined): Word =>
  text !== undefined && isMac(text) ? text : null;

/** A name of a chain, a table, a node: any text that is shown as it is and is no option. */
export const named = (text: string | undefined): Word =>
  text !== undefined && text !== "" && !text.startsWith("-") && isSeenWhole(text) ? text : null;

/** `key=value` as one word. */
export const assigned = (key: string, value: Word): Word =>
  value === null || value === undefined ? null : `${key}=${value}`;

/**
 * The assignment that `sysctl -w` takes, for a setting of one device. `sysctl` reads a dot as a
 * slash, so a device with a dot in its name needs the form with slashes; it splits at the first `=`
 * and expands patterns, so that a device with one of those can't be told.
 */
export function deviceSetting(
  network: "ipv4" | "ipv6",
  name: string,
  setting: string,
  value: number,
): Word {
  if (device(name) === null || /[=*?[\]\\]/.test(name)) return null;
  const key = name.includes(".")
    ? `net/${network}/conf/${name}/${setting}`
    : `net.${network}.conf.${name}.${setting}`;
  return `${key}=${value}`;
}
