/** What the holder of a network namespace is called. Without schemas: the page has it, too. */
import type { NetnsHolder } from "./netns_holder.ts";

/** Names of a holder as a hop and an end have them, one at most: the first of these that is known. */
export interface HolderNames {
  /** `shop/checkout-7d4b9c`: the pod's namespace and name. */
  pod?: string;
  /** Name of a container, else the beginning of its id, as its runtime lists it. */
  container?: string;
  unit?: string;
}

/** Characters of an id that container runtimes list. */
const ID_SHOWN = 12;

/** What a holder is called. Empty where nothing but a process is known. */
export function holderNames(holder: NetnsHolder | undefined): HolderNames {
  const { pod, container, unit } = holder ?? {};
  if (pod?.name !== undefined) return { pod: `${pod.namespace ?? ""}/${pod.name}` };
  if (container !== undefined) {
    return { container: container.name ?? container.id.slice(0, ID_SHOWN) };
  }
  return unit === undefined ? {} : { unit };
}

/** `pod shop/checkout`, `container web`, `nginx.service`; undefined where none is known. */
export function holderWords({ pod, container, unit }: HolderNames): string | undefined {
  if (pod !== undefined) return `pod ${pod}`;
  return container === undefined ? unit : `container ${container}`;
}
