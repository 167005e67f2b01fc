/** Values as a database of Open vSwitch writes them (RFC 7047). */
import { z } from "zod";

/** The id of a row. */
export const uuid = z.tuple([z.literal("uuid"), z.string()]).transform(([, id]) => id);

/** One value is written without its set. */
export const setOf = <T extends z.ZodType>(one: T) =>
  z.union([
    z.tuple([z.literal("set"), z.array(one)]).transform(([, all]) => all),
    one.transform((only) => [only]),
  ]);

/** Names with their values. */
export const map = z.tuple([z.literal("map"), z.array(z.tuple([z.string(), z.string()]))])
  .transform(([, pairs]) => new Map(pairs as [string, string][]));

/** The answer to one question. */
export const rows = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row) });
