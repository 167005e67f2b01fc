/** Who a network namespace belongs to, as its node's own files tell. All of it is text from outside. */
import { z } from "zod";

const name = z.string().max(255);

/** Whose processes are in a namespace. The machine's own namespace is everybody's and has none. */
export const NetnsHolder = z.object({
  /** A process in it when this was read, by its number and the name of its program. */
  pid: z.number().int().min(1).optional(),
  program: z.string().max(64).optional(),
  /** The Kubernetes pod; its uid alone where the node's files do not tell its name. */
  pod: z.object({ namespace: name.optional(), name: name.optional(), uid: z.string().max(64) })
    .optional(),
  /** A container of no pod; `name` is absent where only its id is known. */
  container: z.object({ id: name, name: name.optional(), runtime: z.string().max(32).optional() })
    .optional(),
  /** The systemd service, where it is neither a pod's nor a container's. */
  unit: name.optional(),
});
export type NetnsHolder = z.infer<typeof NetnsHolder>;

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
