/** When a request without a token may be taken for the person at this machine. */

const LOOPBACK_NAMES = new Set(["localhost", "[::1]"]);

/**
 * Headers that browsers, curl and lasthop itself send; all of `Sec-` are a browser's. Whatever else a
 * request has, something in between added it: every proxy has its own way to name who it asks for.
 */
const OWN_HEADERS = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "cookie",
  "dnt",
  "expect",
  "host",
  "if-modified-since",
  "if-none-match",
  "last-event-id",
  "origin",
  "pragma",
  "priority",
  "range",
  "referer",
  "te",
  "transfer-encoding",
  "upgrade-insecure-requests",
  "user-agent",
]);

const isOwn = (name: string) => OWN_HEADERS.has(name) || name.startsWith("sec-");

/** Whether an address, IPv4 or IPv6, is this machine's own loopback. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.toLowerCase().replace(/^::ffff:/, "");
  return plain === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** Of a Host header: the port is left aside. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return LOOPBACK_NAMES.has(name) || isLoopbackAddress(name.replace(/^\[|\]$/g, ""));
}

/**
 * Why a request is not from this machine's own person, or null when it is. The peer's address
 * alone proves little: a page from elsewhere, open in a browser here, also sends from loopback. Its
 * requests carry its own name as Host (DNS rebinding) or as Origin, and most proxies add a header. One
 * that adds none runs as a user of its own: see `userOfPeer`.
 */
export function whyNotLoopback(peer: string | undefined, headers: Headers): string | null {
  if (!isLoopbackAddress(peer)) return "it comes from another machine";
  const host = headers.get("host") ?? undefined;
  if (!isLoopbackHost(host)) return "its Host header is not a loopback name";
  const added = [...headers.keys()].find((name) => !isOwn(name));
  if (added !== undefined) return `it was forwarded: "${added}" is a proxy's header`;
  const origin = headers.get("origin");
  if (origin !== null && origin !== `http://${host}` && origin !== `https://${host}`) {
    return "its Origin header names another site";
  }
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") {
    return "another site's page sent it";
  }
  return null;
}
