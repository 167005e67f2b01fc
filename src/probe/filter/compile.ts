/**
 * Compiles a filter to a boolean expression of bpftrace 0.17, so that packets outside of the filter
 * never leave the kernel. Values stay as loaded from the packet: constants are turned around here,
 * once, instead of every packet there.
 */
import type { AddressTerm, FilterNode, PortTerm, ProtocolTerm } from "../../event/filter/ast.ts";
import { fullMask } from "../../event/filter/address.ts";
import {
  allOf,
  anyOf,
  compare,
  countComparisons,
  type Expression,
  negate,
  render,
} from "./expression.ts";

/**
 * Comparisons of one filter at most: they bound each script's size and each packet's cost. With a
 * filter of more, the kernel passes all packets and user space filters.
 */
export const COMPARISONS_MAX = 64;

/** Names of the script's variables for one form of a packet. */
export interface FilterVariables {
  /** 4, 6, 1 for ARP, anything else for what is neither. */
  family: string;
  /** The IP protocol number; 0 when family is not 4 or 6. */
  protocol: string;
  /** A u32 loaded little-endian from the wire, held in a u64. ARP: sender and target. */
  source4: string;
  destination4: string;
  /** Two u64 loaded little-endian from the wire, first half first. */
  source6: readonly [string, string];
  destination6: readonly [string, string];
  /** A u16 loaded little-endian from the wire: 80 is 0x5000. */
  sourcePort: string;
  destinationPort: string;
  /** Not 0 when the ports are: TCP, UDP or SCTP, and not a fragment after the first. */
  hasPorts: string;
}

/** One form, and the condition under which the packet has it: `($inner != 0)`. */
export type FilterForm = FilterVariables & { guard?: string };

/** Variables for a packet that has one form only, as tests of the compiler name them. */
export const DEFAULT_VARIABLES: FilterVariables = {
  family: "$fam",
  protocol: "$pr",
  source4: "$sa",
  destination4: "$da",
  source6: ["$sa", "$sb"],
  destination6: ["$da", "$db"],
  sourcePort: "$sp",
  destinationPort: "$dp",
  hasPorts: "$hasports",
};

/** Null when the filter is too large for the kernel: then all packets must pass there. */
export function compileFilter(
  node: FilterNode,
  variables: FilterVariables = DEFAULT_VARIABLES,
): string | null {
  return compileFilterForms(node, [variables]);
}

/** A packet passes when any of its forms does, exactly as `matchesAny` has it. */
export function compileFilterForms(
  node: FilterNode,
  forms: readonly FilterForm[],
): string | null {
  if (node.kind === "all") return "1";
  const expression = anyOf(forms.map((form) => {
    const compiled = compile(node, form);
    return form.guard === undefined ? compiled : allOf([compare(form.guard), compiled]);
  }));
  if (countComparisons(expression) > COMPARISONS_MAX) return null;
  const text = render(expression);
  return typeof expression === "boolean" ? text : `(${text})`;
}

function compile(node: FilterNode, form: FilterVariables): Expression {
  switch (node.kind) {
    case "all":
      return true;
    case "not":
      return negate(compile(node.node, form));
    case "and":
      return allOf(node.nodes.map((child) => compile(child, form)));
    case "or":
      return anyOf(node.nodes.map((child) => compile(child, form)));
    case "network":
      return isFamily(form, FAMILIES[node.network]);
    case "protocol":
      return compileProtocol(node, form);
    case "port":
      return compilePort(node, form);
    case "address":
      return compileAddress(node, form);
  }
}

const FAMILIES = { ip4: 4, ip6: 6, arp: 1 } as const;

const isFamily = ({ family }: FilterVariables, number: number) => compare(`${family} == ${number}`);

function compileProtocol({ protocol, network }: ProtocolTerm, form: FilterVariables): Expression {
  const isProtocol = compare(`${form.protocol} == ${protocol}`);
  if (network) return allOf([isFamily(form, FAMILIES[network]), isProtocol]);
  // 0 is also what the variable holds when there is no IP header at all.
  const isIp = anyOf([isFamily(form, 4), isFamily(form, 6)]);
  return protocol === 0 ? allOf([isIp, isProtocol]) : isProtocol;
}

function compilePort(term: PortTerm, form: FilterVariables): Expression {
  const { protocol, low, high, side } = term;
  return allOf([
    protocol === undefined || compare(`${form.protocol} == ${protocol}`),
    compare(`${form.hasPorts} != 0`),
    onSide(side, inRange(form.sourcePort, low, high), inRange(form.destinationPort, low, high)),
  ]);
}

function inRange(port: string, low: number, high: number): Expression {
  if (low === high) return compare(`${port} == ${hex(swap16(low))}`);
  // Only a range needs the port in the processor's order.
  const value = `((((uint64)${port} & 0xff) << 8) | ((uint64)${port} >> 8))`;
  return allOf([
    low === 0 || compare(`${value} >= ${hex(BigInt(low))}`),
    high === 65_535 || compare(`${value} <= ${hex(BigInt(high))}`),
  ]);
}

function compileAddress(term: AddressTerm, form: FilterVariables): Expression {
  const { version, network, side } = term;
  if (version === 6) {
    const source = sameBits(term, form.source6, 64n);
    const destination = sameBits(term, form.destination6, 64n);
    return allOf([isFamily(form, 6), onSide(side, source, destination)]);
  }
  const family = network
    ? isFamily(form, FAMILIES[network])
    : compare(`(${form.family} == 4 || ${form.family} == 1)`, 2);
  const source = sameBits(term, [form.source4], 32n);
  const destination = sameBits(term, [form.destination4], 32n);
  return allOf([family, onSide(side, source, destination)]);
}

function onSide(side: AddressTerm["side"], source: Expression, destination: Expression) {
  if (side === "source") return source;
  if (side === "destination") return destination;
  return side === "both" ? allOf([source, destination]) : anyOf([source, destination]);
}

/**
 * Compares the words of an address, the first word first. A variable holds each word as loaded from
 * the wire, little-endian, so the constants are turned around.
 */
function sameBits(
  { version, bits, mask }: AddressTerm,
  words: readonly string[],
  width: bigint,
): Expression {
  const word = fullMask(version) >> BigInt(words.length - 1) * width;
  return allOf(words.map((name, i) => {
    const shift = BigInt(words.length - 1 - i) * width;
    const wordMask = mask >> shift & word;
    const value = hex(swapBytes(bits >> shift & word, width));
    if (wordMask === 0n) return true;
    if (wordMask === word) return compare(`${name} == ${value}`);
    return compare(`(${name} & ${hex(swapBytes(wordMask, width))}) == ${value}`);
  }));
}

const swap16 = (port: number) => swapBytes(BigInt(port), 16n);

function swapBytes(value: bigint, width: bigint): bigint {
  let swapped = 0n;
  for (let i = 0n; i < width; i += 8n) swapped = swapped << 8n | value >> i & 0xffn;
  return swapped;
}

/** Unsigned by its cast: bpftrace compares a bare constant signed, and warns. */
const hex = (value: bigint) => `(uint64)0x${value.toString(16)}`;
