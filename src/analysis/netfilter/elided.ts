/** What the probe left out of thousands of rules and elements: whether a packet may have met it. */

const known = new WeakMap<readonly string[], Set<string>>();

/** Rules or elements left out are for this address, too. Looked up once for every packet. */
export function elides(
  { addresses }: { addresses: readonly string[] },
  address: string,
): boolean {
  let set = known.get(addresses);
  if (!set) known.set(addresses, set = new Set(addresses));
  return set.has(address);
}
