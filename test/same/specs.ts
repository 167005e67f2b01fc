/** Every spec of a checkout: as given, in other orders, sent as lines, on shards, and still open. */
import { type Case, type Made, onShards } from "./case.ts";
import type { Entries } from "./entries.ts";

/** Orders of arrival. */
export const ORDERS = [23, 4417, 70_001];

export function* specCases(entries: Entries, root: string): Generator<Case> {
  const folder = `${root}/test/spec/`;
  for (const path of specPaths(folder)) {
    const name = path.slice(folder.length);
    yield { name: `spec ${name}`, reports: () => reports(entries, path, name) };
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

function specPaths(folder: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.isDirectory) found.push(...specPaths(`${folder}${entry.name}/`));
    if (entry.isFile && entry.name.endsWith(".txt")) found.push(`${folder}${entry.name}`);
  }
  return found.sort();
}
