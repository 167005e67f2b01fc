/** Parts of a report that are made of parts of the one before it: equal ones stay the same objects. Rule D5. */

/**
 * Makes one thing of another, once for each that it is made of while `key`, which tells all else that it
 * depends on, is the same.
 */
export function kept<From extends object, To>(): (from: From, key: string, make: () => To) => To {
  const known = new WeakMap<From, { key: string; made: To }>();
  return (from, key, make) => {
    const before = known.get(from);
    if (before?.key === key) return before.made;
    const made = make();
    known.set(from, { key, made });
    return made;
  };
}
