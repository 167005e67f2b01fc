/** How an address and a port are written together, by findings, ids and faces alike. */

/** `10.0.0.1:443`, `[2001:db8::1]:443`; without a port the address alone. */
export function endPoint(address: string, port?: number): string {
  if (port === undefined) return address;
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}
