/** Names in texts: what the kernel takes as a device's, what is an address, how an end is put together. */

/** Between a service and the node by whose port it is asked for, in the name of an end. */
export const BY_NODE = " by node ";

/** Bytes of a device's name, the ending NUL left out (IFNAMSIZ). */
const DEVICE_BYTES_MAX = 15;

/** Controls, format characters, what is unassigned, and letters that draw nothing. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]/u;

/** Whether all of a text is seen where it is printed, so that what is copied is what was read. */
export const isSeenWhole = (text: string): boolean => !UNSEEN.test(text);

const utf8 = new TextEncoder();

/** As dev_valid_name() of the kernel: 1 to 15 bytes, no slash, colon or space, not "." or "..". */
export function isDeviceName(text: string): boolean {
  if (text === "" || text === "." || text === "..") return false;
  // The kernel's isspace() is of Latin-1: it refuses the byte of a no-break space, too.
  return !/[/:\0\s]/.test(text) && utf8.encode(text).length <= DEVICE_BYTES_MAX;
}

/** A link address as `ip` prints it: Ethernet, or a longer or shorter one of another kind of link. */
export function isMac(text: string): boolean {
  return /^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){0,19}$/.test(text);
}

/** An IPv4 or IPv6 address in one of its usual spellings, without a zone. */
export function isIp(text: string): boolean {
  return isIp4(text) || isIp6(text);
}

/** An address with or without a length in bits, or `default`. */
export function isPrefix(text: string): boolean {
  if (text === "default") return true;
  const [address = "", bits, ...more] = text.split("/");
  if (more.length > 0 || !isIp(address)) return false;
  return bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) <= (address.includes(":") ? 128 : 32));
}

function isIp4(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) &&
    text.split(".").every((part) => Number(part) <= 255);
}

function isIp6(text: string): boolean {
  if (!/^[0-9a-fA-F:]*(?::\d{1,3}(?:\.\d{1,3}){3})?$/.test(text) || !text.includes(":")) {
    return false;
  }
  const dotted = text.lastIndexOf(":") + 1;
  const isMixed = text.includes(".");
  if (isMixed && !isIp4(text.slice(dotted))) return false;
  const groups = isMixed ? `${text.slice(0, dotted)}0:0` : text;
  const halves = groups.split("::");
  if (halves.length > 2) return false;
  const parts = halves.flatMap((half) => half === "" ? [] : half.split(":"));
  if (!parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return false;
  return halves.length === 2 ? parts.length < 8 : parts.length === 8;
}
