/** Finds which items of a long list may be meant by an address or a port, by the keys they have. */
import { type Network, networkKey, networkOf } from "./network.ts";

/** What an item asks for. */
export type Key = Network | { port: number };

/** Places in the list, ascending. */
export type Positions = number[];

/** Items by their keys, all of which are networks or all ports. */
export class KeyIndex {
  readonly #all: Positions = [];
  readonly #ports = new Map<number, Positions>();
  /** By bits and length of the prefix in one number, then by its network. */
  readonly #networks = new Map<number, Networks>();

  /** The items must come in their order. */
  add(position: number, keys: readonly Key[]): void {
    this.#all.push(position);
    for (const key of keys) {
      const list = "port" in key ? listIn(this.#ports, key.port) : this.#listOf(key);
      // Of several keys two may be the same.
      if (list.at(-1) !== position) list.push(position);
    }
  }

  #listOf({ bits, length, network }: Network): Positions {
    const name = bits + length;
    const of = this.#networks.get(name) ?? { bits, length, by: new Map() };
    this.#networks.set(name, of);
    return listIn(of.by, network);
  }

  /** Those with a key that the value has or is in; all, when it is not known. */
  find(value: string | number | undefined): Positions {
    if (typeof value === "number") return this.#ports.get(value) ?? [];
    const host = value === undefined ? null : networkKey(value);
    if (host === null || host.length !== host.bits) return this.#all;
    const lists: Positions[] = [];
    for (const { bits, length, by } of this.#networks.values()) {
      if (bits !== host.bits) continue;
      const list = by.get(networkOf(host, length));
      if (list) lists.push(list);
    }
    // Several networks of one item may have the address.
    return lists.length < 2 ? lists[0] ?? [] : [...new Set(joined(lists))];
  }
}

interface Networks {
  /** Of an address. */
  bits: number;
  /** In bits. */
  length: number;
  by: Map<number | bigint, Positions>;
}

/** Several lists as one, ascending. */
export function joined(lists: readonly Positions[]): Positions {
  const found = lists.filter((list) => list.length > 0);
  return found.length < 2 ? found[0] ?? [] : found.flat().sort((a, b) => a - b);
}

function listIn<K>(lists: Map<K, Positions>, key: K): Positions {
  let list = lists.get(key);
  if (!list) lists.set(key, list = []);
  return list;
}
