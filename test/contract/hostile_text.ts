/** Text that is markup, steers terminals, turns lines around or never ends, in every place. */
import { z } from "zod";

/** Markup, a script URL, bidi, control and zero-width characters, half a surrogate pair, SQL. */
export const HOSTILE = [
  `<img src=x onerror="document.title='owned'">`,
  `"><script>alert(1)</script>`,
  "javascript:alert(1)",
  "eth0\u202egnp.exe\u2066\u200b",
  "a\u0000b\u0007\u001b[2J\u001b]0;owned\u0007\r\nx",
  "\ud800half",
  "'; DROP TABLE batches; --",
  "__proto__",
  "${7*7}{{7*7}}%0d%0a%s",
];

export const MEGABYTE = "A".repeat(1_000_000);

interface JsonSchema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  minimum?: number;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  propertyNames?: JsonSchema;
  anyOf?: JsonSchema[];
}

/** Words of which one fits any pattern of the vocabulary. */
const BENIGN = ["0", "1", "a", "10.0.0.1", "aa:bb:cc:dd:ee:ff"];

/**
 * Values that fit a schema, each with `text` in another of its places for text: every field that is
 * no number, no word of a list and has no pattern. Optional fields are filled, tables have one row.
 */
export function withTextEverywhere(schema: z.ZodType, text: string): Record<string, unknown>[] {
  const shape = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
  let places = 0;
  const make = (hostileAt: number) => {
    places = 0;
    return sample(shape as JsonSchema, () => places++ === hostileAt ? text : "a");
  };
  make(-1);
  return Array.from({ length: places }, (_, i) => make(i) as Record<string, unknown>);
}

function sample(schema: JsonSchema, freeText: () => string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined) return sample(schema.anyOf[0]!, freeText);
  switch (schema.type) {
    case "string":
      if (schema.pattern === undefined) return freeText();
      return BENIGN.find((word) => new RegExp(schema.pattern!, "u").test(word));
    case "integer":
    case "number":
      return Math.max(1, schema.minimum ?? 1);
    case "boolean":
      return false;
    case "array":
      return [sample(schema.items!, freeText)];
    case "object": {
      const { properties = {}, additionalProperties, propertyNames = { type: "string" } } = schema;
      const fields = Object.entries(properties).map(([name, s]) => [name, sample(s, freeText)]);
      if (typeof additionalProperties === "object") {
        const name = sample(propertyNames, freeText) as string;
        fields.push([name, sample(additionalProperties, freeText)]);
      }
      return Object.fromEntries(fields);
    }
    default:
      return null;
  }
}
