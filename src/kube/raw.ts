/** Parts that objects of the API share, and how what is null or absent of them is left out. */
import { z } from "zod";

/** Labels of an object. */
export const Labels = z.record(z.string(), z.string()).nullish();
/** A port by its number or name. */
export const Port = z.union([z.number(), z.string()]).nullish();
/** True or false, or nothing. */
export const flag = z.boolean().nullish();
/** Text, or nothing. */
export const text = z.string().nullish();

/** What every object has. */
export const Metadata = z.object({
  name: z.string(),
  namespace: text,
  uid: text,
  labels: Labels,
  creationTimestamp: text,
  managedFields: z.unknown().optional(),
  ownerReferences: z.array(z.object({ kind: z.string(), name: z.string(), controller: flag }))
    .nullish(),
});

/** Without what is null or absent. */
export function some<T extends Record<string, unknown>>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], null | undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  ) as { [K in keyof T]?: Exclude<T[K], null | undefined> };
}
