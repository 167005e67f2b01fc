/**
 * Names of network namespaces as words of a filter: `lasthop trace podns` is about the addresses that
 * podns has. A name stands for them here, on the machine that knows it, before the filter is read: the
 * kernel is asked for addresses.
 */
import { parseNamedFilter } from "../../event/filter/mod.ts";
import { KEYWORDS, PORT_NAMES, PROTOCOL_NAMES } from "../../event/filter/words.ts";
import { usageError } from "../read_value.ts";

/** A namespace that is called like one of these can't be asked for by its name. */
const FILTER_WORDS = new Set([
  ...KEYWORDS,
  ...["and", "or", "not", "mask"],
  ...Object.keys(PORT_NAMES),
  ...Object.keys(PROTOCOL_NAMES),
]);

/** What is asked of this machine. */
export interface NamespaceLookup {
  /** Names of namespaces. */
  names: ReadonlySet<string>;
  /** Addresses of one that a packet on its way can have. */
  addressesOf(name: string): string[];
}

/** Addresses of one filter that a name stands for; of more, the filter would be too long to be fast. */
const ADDRESSES_MAX = 16;

/**
 * The filter with each name as `(host A or host B)`. What is a keyword, an address or a port stays what
 * it is, also where a namespace is called so. Throws LasthopError `usage` for a namespace without
 * addresses, or with too many.
 */
export function withAddresses(filter: string, lookup: () => NamespaceLookup): string {
  if (isReadable(filter)) return filter;
  const { names, addressesOf } = lookup();
  return filter.split(/(\s+|[()!])/).map((word) => {
    if (!names.has(word) || FILTER_WORDS.has(word.toLowerCase()) || /^\d+$/.test(word)) return word;
    const addresses = addressesOf(word);
    if (addresses.length === 0 || addresses.length > ADDRESSES_MAX) {
      const is = `namespace "${word}" has ${addresses.length} addresses`;
      throw usageError(`Cannot read filter: ${is}, must have 1 to ${ADDRESSES_MAX}`);
    }
    return `(${addresses.map((address) => `host ${address}`).join(" or ")})`;
  }).join("");
}

function isReadable(filter: string): boolean {
  try {
    parseNamedFilter(filter);
    return true;
  } catch {
    return false;
  }
}

/** This machine's, by iproute2's folder and program. Without root it has none. */
export function ownNamespaces(): NamespaceLookup {
  let names: string[] = [];
  try {
    names = [...Deno.readDirSync("/run/netns")].map(({ name }) => name);
  } catch { /* no namespace has a name here */ }
  return { names: new Set(names), addressesOf };
}

interface Device {
  addr_info?: { local?: string; scope?: string }[];
}

function addressesOf(name: string): string[] {
  const args = ["-n", name, "-json", "address"];
  const { success, stdout } = new Deno.Command("ip", { args, stderr: "null" }).outputSync();
  if (!success) return [];
  const devices = JSON.parse(new TextDecoder().decode(stdout) || "[]") as Device[];
  return devices.flatMap(({ addr_info = [] }) => addr_info)
    .filter(({ scope }) => scope === "global" || scope === "site")
    .flatMap(({ local }) => local === undefined ? [] : [local]);
}
