/** The address by which other machines reach an ingest that listens on all of this machine's. */
import { createSocket } from "node:dgram";
import { LasthopError } from "../../event/error.ts";

/** Listening there is listening on every address. */
const EVERY = new Set(["0.0.0.0", "[::]"]);

/** An address of documentation (RFC 5737): the way there is the default route, and nobody is asked. */
const FAR_AWAY = "192.0.2.1";

/** One of this machine's addresses. */
export interface OwnAddress {
  /** The device that has it. */
  name: string;
  address: string;
  family: "IPv4" | "IPv6";
}

/** The same URL as this machine itself can ask it. */
export function localUrl(url: string): string {
  const at = new URL(url);
  if (!EVERY.has(at.hostname)) return url;
  at.hostname = at.hostname === "[::]" ? "[::1]" : "127.0.0.1";
  return at.origin;
}

/**
 * URLs for other machines, the likeliest first: of an ingest that listens on one address, that one; of
 * one that listens on all, those of this machine, before others the one by which it goes to the world.
 * Empty where it has none but its loopback.
 */
export function reachableUrls(
  url: string,
  towardsWorld: string | null,
  given?: readonly OwnAddress[],
): string[] {
  const at = new URL(url);
  if (!EVERY.has(at.hostname)) return [url];
  const addresses = given ?? ownAddresses(towardsWorld);
  const family = at.hostname === "[::]" ? /./ : /^IPv4$/;
  const rank = (address: string) => address === towardsWorld ? 0 : 1;
  return addresses
    .filter((own) => family.test(own.family) && isForOthers(own.address))
    .map(({ address }) => address)
    .sort((a, b) => rank(a) - rank(b))
    .map((address) => `http://${address.includes(":") ? `[${address}]` : address}:${at.port}`);
}

/** Of a service that may open no netlink socket (`RestrictAddressFamilies=`) the one that a route told. */
function ownAddresses(towardsWorld: string | null): readonly OwnAddress[] {
  try {
    return Deno.networkInterfaces();
  } catch {
    return towardsWorld === null ? [] : [{ name: "", address: towardsWorld, family: "IPv4" }];
  }
}

/** An address of one link alone can't be pasted elsewhere: it needs the name of a device there. */
const isForOthers = (address: string) => !/^127\.|^::1$|^169\.254\.|^fe[89ab]/i.test(address);

/** The address that this machine has on its default route; null without one. Sends nothing. */
export function addressTowardsWorld(): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = createSocket("udp4");
  socket.once("error", () => resolve(null));
  // A socket of datagrams is connected by a lookup of the route alone.
  socket.connect(9, FAR_AWAY, () => resolve(socket.address().address));
  return promise.finally(() => socket.close());
}

/** Throws LasthopError `no_address` where `urls` is empty. */
export function firstUrl(urls: readonly string[]): string {
  if (urls[0] !== undefined) return urls[0];
  const message =
    "Cannot tell nodes an address: this machine has none but its loopback, must have " +
    "one that they reach";
  throw new LasthopError("no_address", message);
}
