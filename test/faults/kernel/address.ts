/** Socket addresses as the kernel's structures have them. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_PACKET = 17;

export function octetsOf(address: string): number[] {
  if (!address.includes(":")) return address.split(".").map(Number);
  const [head = "", tail] = address.split("::");
  const words = (text: string) => text === "" ? [] : text.split(":").map((w) => parseInt(w, 16));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const gap = Array(8 - left.length - right.length).fill(0);
  return [...left, ...gap, ...right].flatMap((word) => [word >> 8, word & 255]);
}

export function macOctets(mac: string): number[] {
  return mac.split(":").map((octet) => parseInt(octet, 16));
}

/** `struct sockaddr_in` or `sockaddr_in6`. */
export function sockaddr(address: string, port: number): Uint8Array<ArrayBuffer> {
  const six = address.includes(":");
  const bytes = new Uint8Array(six ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, six ? AF_INET6 : AF_INET, true);
  view.setUint16(2, port);
  bytes.set(octetsOf(address), six ? 8 : 4);
  return bytes;
}

export function portOf(name: Uint8Array<ArrayBuffer>): number {
  return new DataView(name.buffer).getUint16(2);
}

/** `struct sockaddr_ll`, to send whole frames through a device. */
export function sockaddrLink(ifindex: number, etherType: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, etherType);
  view.setInt32(4, ifindex, true);
  bytes[11] = 6;
  return bytes;
}
