/** Three-valued logic: what state and event can't decide stays undecided. */
export type Tri = "yes" | "no" | "unknown";

/** A decided value. */
export const tri = (yes: boolean): Tri => yes ? "yes" : "no";

/** What is not known stays so. */
export function not(value: Tri): Tri {
  return value === "unknown" ? "unknown" : tri(value === "no");
}

/** One "no" decides, whatever else is not known. */
export function both(a: Tri, b: Tri): Tri {
  if (a === "no" || b === "no") return "no";
  return a === "yes" && b === "yes" ? "yes" : "unknown";
}

/** One "yes" decides. */
export function any(values: Iterable<Tri>): Tri {
  let result: Tri = "no";
  for (const value of values) {
    if (value === "yes") return "yes";
    if (value === "unknown") result = "unknown";
  }
  return result;
}

/** One "no" decides. */
export function all(values: Iterable<Tri>): Tri {
  let result: Tri = "yes";
  for (const value of values) {
    if (value === "no") return "no";
    if (value === "unknown") result = "unknown";
  }
  return result;
}
