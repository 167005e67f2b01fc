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
    : new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(shared)));
  const view = new DataView(bytes.buffer);
  return { mix: mixOf(view.getBigUint64(0)), number: view.getUint16(8) + 1 };
}
