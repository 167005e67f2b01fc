/** Prefix matching for the simulated kernels: their own code, so that it can't share an error. */

/** Address as bits in text: "0101…". Only the spellings the simulator itself makes. */
export function bitsOf(address: string): string {
  if (!address.includes(":")) {
    return address.split(".").map((part) => Number(part).toString(2).padStart(8, "0")).join("");
  }
  const [head, tail] = address.split("::");
  const left = head ? head.split(":") : [];
  const right = tail ? tail.split(":") : [];
  const middle = address.includes("::") ? Array(8 - left.length - right.length).fill("0") : [];
  return [...left, ...middle, ...right]
    .map((part) => parseInt(part, 16).toString(2).padStart(16, "0")).join("");
}

const known = new Map<string, string>();

function bits(address: string): string {
  let value = known.get(address);
  if (value === undefined) known.set(address, value = bitsOf(address));
  return value;
}

/** Length of the match of `10.0.0.0/8` with an address, or -1. */
export function matchLength(prefix: string, address: string): number {
  const [net, length] = prefix.split("/");
  if (net!.includes(":") !== address.includes(":")) return -1;
  const size = Number(length ?? (net!.includes(":") ? 128 : 32));
  return bits(net!).slice(0, size) === bits(address).slice(0, size) ? size : -1;
}
