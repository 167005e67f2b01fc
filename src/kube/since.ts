/** Since when an object is as it is, as its own metadata tells. */
import { z } from "zod";
import type { ServerClock } from "./server_clock.ts";

const Entries = z.array(z.object({
  time: z.string(),
  fieldsV1: z.record(z.string(), z.unknown()).nullish(),
})).min(1);

/** What of the metadata tells it; nothing of it is trusted to have a form. */
export interface Dated {
  creationTimestamp?: string | null | undefined;
  managedFields?: unknown;
}

/** When it was made, by our clock at the latest, ms since 1970. */
export function madeMs({ creationTimestamp }: Dated, clock?: ServerClock): number | undefined {
  const time = Date.parse(creationTimestamp ?? "");
  return clock === undefined || Number.isNaN(time) ? undefined : clock(time);
}

/**
 * Since when at least a field is there as it is, by our clock, ms since 1970. The server notes with each
 * manager of fields when it set one of them last, and the field at `path`, such as `f:endpoints`, must be
 * one's. A field that was only taken away leaves no time, so that this tells nothing of what is missing.
 * Undefined where entries were taken away, or one has no time, as those of `apply` before Kubernetes 1.21.
 */
export function setSinceMs(
  metadata: Dated,
  path: readonly string[],
  clock?: ServerClock,
): number | undefined {
  const made = madeMs(metadata, clock);
  const entries = Entries.safeParse(metadata.managedFields).data;
  if (clock === undefined || made === undefined || entries === undefined) return undefined;
  if (!entries.some(({ fieldsV1 }) => has(fieldsV1, path))) return undefined;
  const times = entries.map(({ time }) => clock(Date.parse(time)));
  return times.some(Number.isNaN) ? undefined : Math.max(made, ...times);
}

function has(fields: unknown, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  if (typeof fields !== "object" || fields === null || !Object.hasOwn(fields, first)) return false;
  return has((fields as Record<string, unknown>)[first], rest);
}
