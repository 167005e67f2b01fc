/** Parts that the schemas of several operations are made of. */
import { z } from "zod";
import { ROLES } from "../stores/store.ts";

/** What a token may do; `join`: it is a code, which a node exchanges for a token of its own. */
export const role = z.enum(ROLES);

/** How many of something. */
export const count = z.number().int().min(0);

/** Text whose lines are JSON of one of these schemas; of an event also tab-separated. */
export function linesOf(...schemas: z.ZodType[]): z.ZodType {
  const text = z.string();
  LINES.set(text, schemas);
  return text;
}

/** What the lines of such a text are: for the OpenAPI document, as zod has no word for it. */
export const LINES = new WeakMap<z.ZodType, z.ZodType[]>();

/** A moment in ISO 8601. */
export const time = z.iso.datetime();
