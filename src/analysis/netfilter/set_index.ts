/** Large sets and verdict maps of nft by the address or number that their elements begin with. */
import { isJson } from "./json.ts";
import { joined, type Key, KeyIndex, type Positions } from "../view/key_index.ts";
import { addressKey, portKey } from "./rule_keys.ts";
import { ALL_BITS, type Value } from "./nft_value.ts";

/** Smaller ones are gone through whole. */
const ELEMENTS_MIN = 16;

interface SetIndex {
  /** What elements are compared by: all by one of these. */
  by: "address" | "number";
  /** Parts of each element; 0: they have no parts. */
  parts: number;
  keyed: KeyIndex;
  /** Elements without a key. */
  always: Positions;
}

const indexes = new WeakMap<readonly unknown[], SetIndex | null>();

/**
 * The elements that may be the value, or contain it, in their order; all where that can't be told.
 * Those left out are surely others. The list must not change.
 */
export function metElements(elements: readonly unknown[], value: Value): readonly unknown[] {
  if (elements.length < ELEMENTS_MIN) return elements;
  let index = indexes.get(elements);
  if (index === undefined) indexes.set(elements, index = indexOf(elements));
  const parts = value.kind === "tuple" ? value.parts.length : 0;
  if (index === null || index.parts !== parts) return elements;
  const first = value.kind === "tuple" ? value.parts[0]! : value;
  const key = comparable(first, index.by);
  if (key === undefined) return elements;
  return joined([index.always, index.keyed.find(key)]).map((position) => elements[position]);
}

function comparable(value: Value, by: SetIndex["by"]): string | number | undefined {
  if (by === "address") {
    return value.kind === "text" && value.domain === "address" ? value.value : undefined;
  }
  const isWhole = value.kind === "number" && value.domain === "number" && value.known === ALL_BITS;
  return isWhole ? value.value : undefined;
}

/** Null where elements are of several forms, or none has a key. */
function indexOf(elements: readonly unknown[]): SetIndex | null {
  let index: SetIndex | null = null;
  const always: Positions = [];
  for (const [position, element] of elements.entries()) {
    const { key, parts } = keyOf(Array.isArray(element) ? element[0] : element);
    if (key === null) {
      always.push(position);
      continue;
    }
    const by = "port" in key ? "number" : "address";
    index ??= { by, parts, keyed: new KeyIndex(), always };
    if (index.by !== by || index.parts !== parts) return null;
    index.keyed.add(position, [key]);
  }
  return index;
}

/** What an element begins with. */
function keyOf(element: unknown): { key: Key | null; parts: number } {
  if (isJson(element) && isJson(element.elem)) return keyOf(element.elem.val);
  if (isJson(element) && Array.isArray(element.concat)) {
    return { ...keyOf(element.concat[0]), parts: element.concat.length };
  }
  return { key: portKey(element) ?? addressKey(element), parts: 0 };
}
