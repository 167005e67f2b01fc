/** Places that another program says that names of a filter mean: looked at before they are believed. */
import { z } from "zod";
import { parseAddress } from "./address.ts";
import type { NamedPlace } from "./resolve.ts";

/** As Kubernetes has names of nodes and objects: a name that is none of these is no answer. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
const isName = (text: string) => NAME.test(text);
/** `NAMESPACE/NAME`. */
const object = z.string().refine((text) => {
  const parts = text.split("/");
  return parts.length === 2 && parts.every(isName);
});

/** Addresses of one place, at most. */
const ADDRESSES_MAX = 1_000;
/** Places of one answer, at most: names of a filter mean no more (`src/probe/filter/plan.ts`). */
export const TOLD_PLACES_MAX = 4_000;

/** A place of a cluster: a pod, a service by its own addresses or by where it leads, or a node. */
export const ToldPlace = z.object({
  /** Empty where it is on none. */
  node: z.string().refine((text) => text === "" || isName(text)),
  pod: object.optional(),
  service: object.optional(),
  deployment: object.optional(),
  /** It is the node itself. */
  own: z.boolean(),
  addresses: z.array(z.string().max(64).refine((text) => parseAddress(text) !== null))
    .max(ADDRESSES_MAX),
});

/** A place of a cluster. */
export type ToldPlace = z.infer<typeof ToldPlace>;

/** The place as another program is told it; null for one that a cluster has no name for. */
export function toldPlace({ netns: _, ...place }: NamedPlace): ToldPlace | null {
  const addresses = place.addresses.slice(0, ADDRESSES_MAX);
  return ToldPlace.safeParse({ ...place, addresses }).data ?? null;
}

/** The place as a filter can name it. */
export const heardPlace = (place: ToldPlace): NamedPlace => ({ ...place, netns: [] });
