import { equal } from "node:assert/strict";
import { z } from "zod";
import { wrong } from "./wrong.ts";

const says = (schema: z.ZodType, input: unknown) => {
  const parsed = schema.safeParse(input);
  return parsed.success ? "fits" : wrong(parsed.error, input);
};

const Schema = z.strictObject({
  name: z.string().min(1).max(4).optional(),
  count: z.number().int().min(1).max(10).optional(),
  role: z.enum(["probe", "viewer"]).optional(),
  id: z.string().regex(/^[a-z]+$/).optional(),
  free: z.string().regex(/^x/, { error: "must begin with x" }).optional(),
  at: z.iso.datetime().optional(),
  list: z.array(z.strictObject({ a: z.string() })).max(1).optional(),
  either: z.union([z.strictObject({ a: z.number() }), z.null()]).optional(),
  own: z.string().check(({ value, issues }) => {
    issues.push({ code: "custom", input: value, message: "Cannot parse it" });
  }).optional(),
});

Deno.test("what a schema refuses is told with the field, what is and what must be", () => {
  const claims: [unknown, string][] = [
    [{}, "fits"],
    [[], "it is a list, must be an object"],
    ["x", 'it is "x", must be an object'],
    [null, "it is null, must be an object"],
    [{ more: 1 }, '"more" is not known, must be left out'],
    [{ name: "" }, '"name" is "", must be at least 1 character long'],
    [{ name: "abcde" }, '"name" is "abcde", must be at most 4 characters long'],
    [{ name: 1 }, '"name" is 1, must be text'],
    [{ count: 0 }, '"count" is 0, must be at least 1'],
    [{ count: 11 }, '"count" is 11, must be at most 10'],
    [{ count: 1.5 }, '"count" is 1.5, must be a whole number'],
    [{ count: "x" }, '"count" is "x", must be a number'],
    [{ role: "root" }, '"role" is "root", must be one of probe, viewer'],
    [{ id: "A" }, '"id" is "A", must match /^[a-z]+$/'],
    [{ free: "a" }, '"free" is "a", must begin with x'],
    [{ at: "noon" }, '"at" is "noon", must be a time in UTC, as 2026-11-20T03:12:40Z'],
    [{ list: [{}] }, '"list.0.a" is missing, must be text'],
    [{ list: [{ a: "" }, { a: "" }] }, '"list" is a list, must have at most 1 element'],
    [{ list: [{ a: "", b: 1 }] }, '"list.0.b" is not known, must be left out'],
    [{ either: { a: "x" } }, '"either.a" is "x", must be a number'],
    [{ either: 7 }, '"either" is 7, must be one of the forms of the schema'],
    [{ own: "x" }, '"own": Cannot parse it'],
  ];
  for (const [input, words] of claims) equal(says(Schema, input), words);
});

Deno.test("a value from outside is shown in part, and can't break out of its quotes", () => {
  const text = says(Schema, { role: `"\n\u001b[2J${"x".repeat(1_000_000)}` });
  equal(text.length < 200, true);
  equal(/^"role" is "\\"\\n\\u001b\[2Jx+…", must be one of probe, viewer$/.test(text), true);
  equal(says(Schema, { ["k".repeat(1000)]: 1 }).length < 100, true);
});
