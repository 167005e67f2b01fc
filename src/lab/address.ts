/** A locally administered MAC that depends on names alone, so two runs of a lab have the same. */
export function macOf(namespace: string, device: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(`${namespace}/${device}`)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  // With FNV the last letter changes only the low octets; eth0 and eth1 should differ in more.
  hash = BigInt.asUintN(64, (hash ^ (hash >> 32n)) * 0x9e3779b97f4a7c15n);
  const octets = Array.from({ length: 5 }, (_, i) => Number((hash >> BigInt(8 * i)) & 0xffn));
  return ["02", ...octets.map((octet) => octet.toString(16).padStart(2, "0"))].join(":");
}

/** The IP version of an address or prefix. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}
