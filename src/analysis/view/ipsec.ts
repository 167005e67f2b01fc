/** What IPsec is asked to do, by the policies that were read of a namespace. */
import type { NetnsState } from "../../event/state.ts";
import { PROTOCOL_NAMES } from "../kernel/protocols.ts";
import { contains } from "./address.ts";

/** Where a policy is asked: for what is sent, what is received here, what is forwarded. */
export type PolicyDirection = "out" | "in" | "fwd";

/** What a packet shows of itself to a policy. */
export interface PolicyPacket {
  source: string;
  destination: string;
  /** As in the IP header. */
  protocol: number | undefined;
  sourcePort: number | undefined;
  destinationPort: number | undefined;
}

/** A policy as `ip xfrm policy` prints it: ends, what else it selects by, and its direction. */
const POLICY = /^src (\S+) dst (\S+) (.*?)\bdir (out|in|fwd)\b/;

/** The first policy, as text, that asks for the encryption of what goes from one address to another. */
export const policyFor = (
  state: NetnsState,
  source: string,
  destination: string,
): string | undefined =>
  policies(state, "out").find(({ text, from, to }) =>
    /\btmpl\b/.test(text) && contains(from, source) && contains(to, destination)
  )?.text;

/** Policies, as text, of that direction which are about this packet. */
export const policiesAbout = (
  state: NetnsState,
  direction: PolicyDirection,
  packet: PolicyPacket,
): string[] =>
  policies(state, direction).filter(({ from, to, selects }) =>
    contains(from, packet.source) && contains(to, packet.destination) && isSelected(selects, packet)
  ).map(({ text }) => text);

/**
 * Policies for what is sent, as text: `own` have this `if_id` and are about these ends, by whatever else
 * they select; `others` are the rest.
 */
export function policiesOfDevice(
  state: NetnsState,
  id: number,
  { source, destination }: Pick<PolicyPacket, "source" | "destination">,
): { own: string[]; others: string[] } {
  const own: string[] = [];
  const others: string[] = [];
  for (const { text, from, to } of policies(state, "out")) {
    const isOwn = idOf(text) === id &&
      contains(from, source) && contains(to, destination);
    (isOwn ? own : others).push(text);
  }
  return { own, others };
}

/**
 * Policies for what is received, as text: `own` are asked for a packet with this mark and are about these ends, by
 * whatever else they select; `others` are the rest.
 */
export function policiesOfMark(
  state: NetnsState,
  mark: number,
  { source, destination }: Pick<PolicyPacket, "source" | "destination">,
): { own: string[]; others: string[] } {
  const own: string[] = [];
  const others: string[] = [];
  for (const { text, from, to } of policies(state, "in")) {
    const isOwn = takesMark(text, mark) && contains(from, source) && contains(to, destination);
    (isOwn ? own : others).push(text);
  }
  return { own, others };
}

/** A policy without a mark takes any; one with an `if_id` is of a device of kind xfrm. */
function takesMark(policy: string, mark: number): boolean {
  if (idOf(policy) !== 0) return false;
  const [, value, mask = "0xffffffff"] = /\bmark (\w+)(?:\/(\w+))?/.exec(policy) ?? [];
  return value === undefined || ((mark & Number(mask)) >>> 0) === Number(value) >>> 0;
}

/** The different values of `if_id`, 0 for none, of policies of that direction which are about these ends. */
export function idsOfPolicies(
  state: NetnsState,
  direction: PolicyDirection,
  { source, destination }: Pick<PolicyPacket, "source" | "destination">,
): number[] {
  const about = policies(state, direction).filter(({ from, to }) =>
    contains(from, source) && contains(to, destination)
  );
  return [...new Set(about.map(({ text }) => idOf(text)))];
}

const idOf = (policy: string): number => Number(/\bif_id (\S+)/.exec(policy)?.[1] ?? 0);

const policies = ({ xfrm }: NetnsState, direction: PolicyDirection) =>
  xfrm.flatMap((text) => {
    const [, from, to, selects, of] = POLICY.exec(text) ?? [];
    return of === direction ? [{ text, from: from!, to: to!, selects: selects! }] : [];
  });

/** By protocol and ports; a selector by anything else, as a device, is not known to be about it. */
function isSelected(selects: string, packet: PolicyPacket): boolean {
  const words = selects.split(" ").filter((word) => word !== "");
  for (let i = 0; i < words.length; i += 2) {
    const [what, value] = [words[i], words[i + 1]];
    const is = what === "proto"
      ? nameOf(packet.protocol)
      : what === "sport"
      ? packet.sourcePort
      : what === "dport"
      ? packet.destinationPort
      : undefined;
    if (is === undefined || String(is) !== value) return false;
  }
  return true;
}

/** As `ip` names it, which for ICMPv6 is another name than that of filters. */
const nameOf = (protocol: number | undefined): string | undefined =>
  protocol === 58 ? "ipv6-icmp" : PROTOCOL_NAMES[protocol ?? -1];
