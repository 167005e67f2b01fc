/** What a probe mixes numbers with that are told or compared, so that nobody who sends can foresee them. */
import { type Mix, mixOf } from "./counting.ts";

/** A secret, and a number that tells it from others without telling it. */
export interface Secret {
  /** Of counters and digests (rules O23, O30). */
  mix: Mix;
  /** From 1 on, below 2^17: digests of two probes are compared where it is the same. */
  number: number;
}

/** `shared`: what probes of one incident know and nobody else does; undefined: the secret is made by chance. */
export async function secretOf(shared: string | undefined): Promise<Secret> {
  const bytes = shared === undefined
    ? crypto.getRandomValues(new Uint8Array(32))
    : await slowly(shared);
  const view = new DataView(bytes.buffer);
  return { mix: mixOf(view.getBigUint64(0)), number: view.getUint16(8) + 1 };
}

/** So many rounds take a tenth of a second: whoever guesses a token by digests that were told needs them for each guess. */
const ROUNDS = 210_000;

async function slowly(shared: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = (of: string) => new TextEncoder().encode(of);
  const key = await crypto.subtle.importKey("raw", text(shared), "PBKDF2", false, ["deriveBits"]);
  const how = {
    name: "PBKDF2",
    hash: "SHA-256",
    salt: text("lasthop digests"),
    iterations: ROUNDS,
  };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}
