/** What follows `?` in an address: every operation says which parameters it knows. */
import { z } from "zod";
import { wrong } from "../../event/wrong.ts";
import { Problem } from "./problem.ts";

/** Parameters by their names. Each has a description, for the OpenAPI document. */
export type QueryShape = Readonly<Record<string, z.ZodType>>;

/** What was asked for, in the types of the parameters. */
export type QueryOf<S extends QueryShape> = z.output<z.ZodObject<S>>;

/**
 * The parameters of an address as `shape` has them. Throws Problem `query_invalid` when one is not
 * known, is there twice or is not as it must be: what is misspelled would be without effect.
 */
export function readQuery<S extends QueryShape>(url: string, shape: S): QueryOf<S> {
  const given: Record<string, string> = {};
  for (const [name, value] of new URL(url).searchParams) {
    if (!Object.hasOwn(shape, name)) throw unknownParameter(name, Object.keys(shape));
    const isFirst = !Object.hasOwn(given, name);
    if (!isFirst && !SEVERAL.has(shape[name]!)) {
      throw refused(`"${name}" is there twice, must be once`);
    }
    given[name] = isFirst ? value : `${given[name]},${value}`;
  }
  const read = schemaOf(shape).safeParse(given, { reportInput: true });
  if (read.success) return read.data as QueryOf<S>;
  throw refused(wrong(read.error, given));
}

/** Schemas of shapes, each of which is a constant of an operation. */
const SCHEMAS = new WeakMap<QueryShape, z.ZodObject>();

function schemaOf(shape: QueryShape): z.ZodObject {
  const known = SCHEMAS.get(shape);
  if (known !== undefined) return known;
  const schema = z.object(shape);
  SCHEMAS.set(shape, schema);
  return schema;
}

function unknownParameter(name: string, known: string[]): Problem {
  const must = known.length === 0 ? "must be left out" : `must be one of ${known.join(", ")}`;
  return refused(`parameter ${JSON.stringify(name.slice(0, 50))} is not known, ${must}`);
}

const refused = (why: string) => new Problem(400, "query_invalid", `Cannot read query: ${why}`);

/** A whole number written in digits. */
export const digits = (min: number, max: number) =>
  z.string().regex(/^\d{1,15}$/, { error: "must be a whole number" })
    .transform(Number).pipe(z.number().int().min(min).max(max));

/** Schemas of parameters that may be there several times. */
const SEVERAL = new WeakSet<z.ZodType>();

/**
 * Some of `words`, with commas between them or each as a parameter of its own: clients are generated
 * that do the one or the other. `must` says what a word must be, where they are many.
 */
export function oneOrMore<const T extends readonly string[]>(
  words: T,
  description: string,
  must?: string,
) {
  const schema = z.string().transform((text) => text.split(","))
    .pipe(z.array(z.enum(words, must === undefined ? {} : { error: must })))
    .optional().describe(description);
  SEVERAL.add(schema);
  return schema;
}
