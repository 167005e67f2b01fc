/** Tables of a state that may have tens of thousands of rows, looked up by address, device or number. */
import type { Link, Neighbour, NetnsState, Route } from "../../event/state.ts";
import { joined, KeyIndex, type Positions } from "./key_index.ts";
import { contains } from "./address.ts";
import { networkKey } from "./network.ts";
import { originOf } from "./shortened.ts";

/** One index for each list, made at its first question: a list must not change after that. */
function once<T, I>(make: (list: readonly T[]) => I): (list: readonly T[]) => I {
  const known = new WeakMap<readonly T[], I>();
  return (list) => {
    let index = known.get(list);
    if (index === undefined) known.set(list, index = make(list));
    return index;
  };
}

const byTable = once((routes: readonly Route[]) => {
  const tables = new Map<string, { keyed: KeyIndex; always: Positions }>();
  for (const [position, { family, table, destination }] of routes.entries()) {
    const name = `${family} ${table}`;
    const own = tables.get(name) ?? { keyed: new KeyIndex(), always: [] };
    tables.set(name, own);
    const key = networkKey(destination);
    if (key === null) own.always.push(position);
    else own.keyed.add(position, [key]);
  }
  return tables;
});

/** The routes of one table that may contain the address, in their order. */
export function routesTo(
  { routes }: NetnsState,
  family: 4 | 6,
  table: number,
  address: string,
): Route[] {
  const { whole, gone } = originOf(routes);
  const own = byTable(whole).get(`${family} ${table}`);
  if (!own) return [];
  return joined([own.always, own.keyed.find(address)]).map((position) => whole[position]!)
    .filter((route) => !gone.has(route));
}

const byType = once((routes: readonly Route[]) => {
  const own = { local: new KeyIndex(), spread: new Set<string>() };
  for (const [position, { type, destination }] of routes.entries()) {
    if (type === "local") {
      const key = networkKey(destination);
      if (key !== null) own.local.add(position, [key]);
    } else if (type === "broadcast" || type === "anycast") {
      own.spread.add(destination.split("/")[0]!);
    }
  }
  return own;
});

/** A `local` route has the address. */
export const isLocal = ({ routes }: NetnsState, address: string): boolean =>
  byType(routes).local.find(address).some((position) =>
    contains(routes[position]!.destination, address)
  );

/** It is the address of a `broadcast` or `anycast` route. */
export const isSpread = ({ routes }: NetnsState, address: string): boolean =>
  byType(routes).spread.has(address);

const addressesOf = once((links: readonly Link[]) =>
  new Set(links.flatMap(({ addresses }) => addresses.map(({ address }) => address)))
);

/** A device has the address. */
export const hasAddress = ({ links }: NetnsState, address: string): boolean =>
  addressesOf(links).has(address);

const linksOf = once((links: readonly Link[]) => ({
  byIndex: firstBy(links, ({ ifindex }) => ifindex),
  byName: firstBy(links, ({ name }) => name),
}));

/** The first device of this number. */
export const linkNumbered = ({ links }: NetnsState, ifindex: number): Link | undefined =>
  linksOf(links).byIndex.get(ifindex);

/** The first device of this name. */
export const linkNamed = ({ links }: NetnsState, name: string): Link | undefined =>
  linksOf(links).byName.get(name);

function firstBy<T, K>(list: readonly T[], keyOf: (item: T) => K): Map<K, T> {
  const found = new Map<K, T>();
  for (const item of list) {
    if (!found.has(keyOf(item))) found.set(keyOf(item), item);
  }
  return found;
}

const neighboursBy = once((neighbours: readonly Neighbour[]) =>
  Map.groupBy(neighbours, ({ address }) => address)
);

/** Entries for an address, in their order. */
export const neighboursAt = ({ neighbours }: NetnsState, address: string): readonly Neighbour[] =>
  neighboursBy(neighbours).get(address) ?? [];
