/**
 * Finds the namespace of a neighbour event, which names only a device: by state, and only when one
 * namespace alone can be meant.
 */
import { parseAddress } from "../../event/filter/address.ts";
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";

interface Prefix {
  version: 4 | 6;
  /** The address without its host part. */
  bits: bigint;
  /** Bits of the host part. */
  shift: bigint;
}

interface Place {
  /** Prefixes whose addresses are on the link of a device, by device. */
  onLink: Map<string, Prefix[]>;
  own: Set<string>;
}

/** What is on the links of each namespace, as its last state says. */
export class NeighbourPlaces {
  #places = new Map<number, Place>();

  update(state: NetnsState): void {
    const onLink = new Map<string, Prefix[]>();
    const own = new Set<string>();
    const add = (device: string, text: string, length?: number) => {
      const prefix = prefixOf(text, length);
      if (prefix === null) return;
      const list = onLink.get(device) ?? [];
      list.push(prefix);
      onLink.set(device, list);
    };
    for (const { name, addresses } of state.links) {
      for (const { address, prefix } of addresses) {
        own.add(address);
        add(name, address, prefix);
      }
    }
    for (const { device, gateway, destination, type } of state.routes) {
      if (device !== undefined && gateway === undefined && type === "unicast") {
        add(device, destination);
      }
      if (device !== undefined && gateway !== undefined) add(device, gateway);
    }
    for (const { device, address } of state.neighbours) add(device, address);
    this.#places.set(state.netns, { onLink, own });
  }

  /**
   * Inode of the only namespace with that device and that neighbour on its link; else undefined.
   */
  netnsOf({ device, gateway }: Event): number | undefined {
    const address = gateway === undefined ? null : parseAddress(gateway);
    if (device === undefined || gateway === undefined || address === null) return undefined;
    const [found, ...others] = [...this.#places].filter(([, { onLink, own }]) =>
      // A namespace never resolves an address of its own.
      !own.has(gateway) && onLink.get(device)?.some((prefix) => holds(prefix, address))
    );
    return others.length === 0 ? found?.[0] : undefined;
  }
}

function prefixOf(text: string, length?: number): Prefix | null {
  const [plain = "", own] = text.split("/");
  const address = parseAddress(plain);
  if (address === null) return null;
  const width = address.version === 4 ? 32 : 128;
  const prefix = length ?? (own === undefined ? width : Number(own));
  if (!(prefix >= 0 && prefix <= width)) return null;
  const shift = BigInt(width - prefix);
  return { version: address.version, bits: address.bits >> shift, shift };
}

function holds({ version, bits, shift }: Prefix, address: { version: 4 | 6; bits: bigint }) {
  return address.version === version && address.bits >> shift === bits;
}
