/** The product, packed at most once, for places that have none. */
import { makeOffer, type Offer } from "../pack/offer.ts";
import { VERSION } from "../version.ts";
import type { PlaceAnswer } from "./start_script.ts";

/** As `uname -m` names what Deno was built for. */
const OWN_MACHINE = Deno.build.arch;

/** Brings the product where it is wanted. */
export class Product {
  #offer: Promise<Offer> | undefined;

  constructor(readonly progress: (text: string) => void) {}

  /**
   * What a place is to be sent; null: it has what it needs. Throws Error with why where neither its own
   * nor this one can run there.
   */
  wantedBy({ version, machine }: PlaceAnswer): Promise<Offer> | null {
    if (version === VERSION) return null;
    if (machine === OWN_MACHINE) {
      if (this.#offer === undefined) {
        this.progress("packing this lasthop for machines that have none…");
        this.#offer = makeOffer();
      }
      return this.#offer;
    }
    const has = version === null ? "it has no lasthop" : `its lasthop is ${version}`;
    throw new Error(`${has}, its processor is ${machine}, must have ${VERSION} installed there`);
  }
}
