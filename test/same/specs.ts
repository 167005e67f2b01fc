/** Every spec of a checkout: as given, in other orders, sent as lines, on shards, and still open. */
import { type Case, type Made, onShards } from "./case.ts";
import { specPaths } from "../spec/form/spec_paths.ts";
import type { Entries } from "./entries.ts";

/** Orders of arrival. */
export const ORDERS = [23, 4417, 70_001];

export function* specCases(entries: Entries, root: string): Generator<Case> {
  const named = specPaths(root).map((path) => ({ path, name: nameOf(path) }));
  for (const { path, name } of named.sort((a, b) => a.name < b.name ? -1 : 1)) {
    yield { name: `spec ${name}`, reports: () => reports(entries, `${root}/${path}`, name) };
  }
}

function* reports(entries: Entries, path: string, name: string): Generator<Made> {
  const { analyse, disturbed, inputOf, parseSpec, rewired } = entries;
  const input = inputOf(parseSpec(Deno.readTextFileSync(path), name));
  yield ["as given", analyse(input)];
  for (const seed of ORDERS) yield [`in the order of ${seed}`, analyse(disturbed(input, seed))];
  yield ["sent as lines", analyse(rewired(input))];
  yield ["still open", analyse({ ...input, closed: false })];
  yield* onShards(entries, input);
}

/** Its cause and its own name: specs of two causes may have one name. */
const nameOf = (path: string) =>
  path.replace(/^src\/analysis\/rules\/([\w-]+)\/spec\//, "$1/").replace(/^test\/spec\//, "");
