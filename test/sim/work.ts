/** Work of an analysis in elements visited, counted without a clock. */
import { analyse, type AnalysisInput } from "../../src/analysis/mod.ts";

const METHODS = [
  ...["filter", "map", "find", "some", "every", "forEach", "reduce", "flatMap", "findIndex"],
  ...["findLast", "findLastIndex", "sort", "reverse", "includes", "indexOf"],
] as const;

// deno-lint-ignore no-explicit-any
type Patched = Record<PropertyKey, any>;

/** Elements that array methods and loops went over, at most, and entries that maps were asked for. */
export function workOf(input: AnalysisInput): number {
  let visited = 0;
  const restore: (() => void)[] = [];
  const patch = (target: Patched, name: PropertyKey, size: (self: unknown[]) => number) => {
    const original = target[name];
    target[name] = function (this: unknown[], ...args: unknown[]) {
      visited += size(this);
      return original.apply(this, args);
    };
    restore.push(() => void (target[name] = original));
  };
  const { slice } = Array.prototype;
  // Of a long list a short stretch costs as much as the stretch.
  Array.prototype.slice = function (this: unknown[], ...args: [number?, number?]) {
    const part = slice.apply(this, args);
    visited += part.length;
    return part;
  };
  restore.push(() => void (Array.prototype.slice = slice));
  for (const name of METHODS) patch(Array.prototype, name, (self) => self.length);
  patch(Array.prototype, Symbol.iterator, (self) => self.length);
  for (const name of ["get", "set", "has"]) patch(Map.prototype, name, () => 1);
  try {
    analyse(input);
  } finally {
    for (const undo of restore) undo();
  }
  return visited;
}
