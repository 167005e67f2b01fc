/** When a request without a token may be taken for the person at this machine. */

const LOOPBACK_NAMES = new Set(["localhost", "[::1]"]);

/** Headers by which proxies say that a request is not their own; all of `X-Forwarded-` are such. */
const PROXY_HEADERS = new Set([
  "forwarded",
  "via",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "x-envoy-external-address",
]);

const isOfProxy = (name: string) => PROXY_HEADERS.has(name) || name.startsWith("x-forwarded");

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
 * requests carry its own name as Host (DNS rebinding) or as Origin, and a proxy's say "forwarded".
 */
export function whyNotLoopback(peer: string | undefined, headers: Headers): string | null {
  if (!isLoopbackAddress(peer)) return "it comes from another machine";
  const host = headers.get("host") ?? undefined;
  if (!isLoopbackHost(host)) return "its Host header is not a loopback name";
  if ([...headers.keys()].some(isOfProxy)) return "it was forwarded";
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
