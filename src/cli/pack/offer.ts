/** The product as one file that an ingest offers, and the line that brings it to a node and joins. */
import { join } from "node:path";
import { makeProduct } from "./product.ts";

/** What is offered. */
export interface Offer {
  /** The gzipped tar. */
  body: Uint8Array<ArrayBuffer>;
  /** SHA-256 of it, hexadecimal. */
  digest: string;
}

/** Where the ingest serves it. */
export const OFFER_PATH = "/lasthop.tgz";

/** Characters of the digest that name the folder on the node. */
const NAME_CHARS = 12;

/** The same product is the same bytes, whenever it is packed. */
const TAR = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];

/** Packs what runs here. Throws Error with what tar says where it fails. */
export async function makeOffer(): Promise<Offer> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-offer-" });
  try {
    await makeProduct(join(folder, "lasthop"));
    const path = join(folder, "lasthop.tgz");
    const args = [...TAR, "-C", join(folder, "lasthop"), "-czf", path, "."];
    const { success, stderr } = await new Deno.Command("tar", { args }).output();
    if (!success) throw new Error(`tar: ${new TextDecoder().decode(stderr)}`);
    const body = await Deno.readFile(path);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body)).toHex();
    return { body, digest };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * For root's shell on a node that has neither this product nor Deno. All is done in a folder that only
 * root can write, named by the digest, and nothing of what came runs before its digest was compared.
 */
export function bringLine(url: string, code: string, digest: string): string {
  const folder = `/opt/lasthop-${digest.slice(0, NAME_CHARS)}`;
  const from = url + OFFER_PATH;
  return `sudo sh -ec 'mkdir -p ${folder}; cd ${folder}; ` +
    `(curl -fsS ${from} || wget -qO- ${from}) >lasthop.tgz; ` +
    `echo "${digest}  lasthop.tgz" | sha256sum --quiet -c; tar -xzf lasthop.tgz; ` +
    `exec ./lasthop join ${url}#${code}'`;
}
