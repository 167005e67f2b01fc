/** What a flow of Open vSwitch's datapath does with a packet in the end, by its actions. */
import type { Event } from "./event.ts";
import { fieldsOf } from "./openvswitch_fields.ts";

/** The datapath has done its actions on it, the last of which sent it nowhere. Linux 6.1 to 7.2. */
export const isDoneWithActions = ({ kind, function: by }: Event): boolean =>
  kind === "consume" && /^(do_execute_actions|ovs_execute_actions|clone_execute)\b/.test(by ?? "");

/** How the actions of a flow end. */
export type ActionsEnd =
  /** Nowhere: it is dropped, at most copies of it were taken to be looked at. */
  | "dropped"
  /** In the hands of ovs-vswitchd, for itself or for its controller; no port has it. */
  | "handed-up"
  /** It goes on, to a port or to other flows; also by an action that is not known here. */
  | "sent";

/** Actions without parentheses that send nothing; else a name or a number is that of a port. */
const CHANGING = new Set(["ct_clear", "pop_vlan", "pop_eth", "pop_nsh", "drop"]);
/** Actions with parentheses after which the packet is where it was. */
const STAYING = /^(set|ct|meter|trunc|push_\w+|pop_\w+|psample|drop|userspace)\(/;
/** Takes copies alone, which go to a collector of samples. */
const SAMPLING = /^sample\(.*actions\((userspace|psample)\([^()]*(\([^()]*\)[^()]*)*\)\)\)$/;
/** A copy that is a sample's, as of sFlow and IPFIX. */
const SAMPLE = /^userspace\([^()]*\b(sFlow|flow_sample|ipfix)\(/i;

/** By the text of `dpctl/dump-flows`; empty actions drop. */
export function actionsEnd(actions: string): ActionsEnd {
  if (/\bdrop\b/.test(actions)) return "dropped";
  const fields = fieldsOf(actions);
  const stays = (field: string) =>
    field.includes("(") ? STAYING.test(field) || SAMPLING.test(field) : CHANGING.has(field);
  if (!fields.every(stays)) return "sent";
  return fields.some((field) => field.startsWith("userspace(") && !SAMPLE.test(field))
    ? "handed-up"
    : "dropped";
}

/** It goes to these devices and to nothing else, as copies for a mirror do. */
export function sendsAloneTo(actions: string, devices: ReadonlySet<string>): boolean {
  const moving = fieldsOf(actions).filter((field) =>
    field.includes("(") ? !STAYING.test(field) && !SAMPLING.test(field) : !CHANGING.has(field)
  );
  return moving.length > 0 && moving.every((field) => devices.has(field));
}

/** The link address that all packets of a flow are for, by its match; undefined: they are for several. */
export const destinationIn = (match: string): string | undefined =>
  /(?:^|,)eth\((?:[^()]*,)?dst=([0-9a-f]{2}(?::[0-9a-f]{2}){5})[,)]/.exec(match)?.[1];

/** It is for one host. */
export const isUnicast = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0;

/** Whoever gets a packet by its hands was asked because the TTL ran out (`OFPR_INVALID_TTL`). */
export const handsUpForTtl = (actions: string): boolean => {
  const times = [...actions.matchAll(/\bcontroller\(reason=2,/g)].length;
  return times > 0 && times === handingsIn(actions);
};

/** Cookies of the flows by which actions hand a packet to a controller, as `0x3f79e454`. */
export const handingCookies = (actions: string): string[] =>
  [...actions.matchAll(/\bcontroller\([^()]*\brule_cookie=(0x[0-9a-f]+)/g)].map(([, cookie]) =>
    cookie!
  );

/** How often actions hand a packet up, to whomever. */
export const handingsIn = (actions: string): number =>
  fieldsOf(actions).filter((field) => field.startsWith("userspace(") && !SAMPLE.test(field)).length;
