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
