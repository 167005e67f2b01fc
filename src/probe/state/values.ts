/** Small readers of loose values. */
import { z } from "zod";
import { clip } from "./bounds.ts";

/** The tools print null for some of what is not there: `"link": null` of a gre device. */
export const str = z.string().nullish().transform((value) => value ?? undefined).optional();
/** A whole number that may be missing or null. */
export const int = z.number().int().nullish().transform((value) => value ?? undefined).optional();

/** `{ [key]: value }`, or nothing when there is no value: absent is not `undefined` on the wire. */
export function some<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [P in K]?: V };
}

/** A text that is not empty, cut to 255 characters; undefined for anything else. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? clip(value, 255) : undefined;
}

/** A whole number; undefined for anything else. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}
