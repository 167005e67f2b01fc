/** What a schema refused, in words: the field, what is, and what it must be. */
import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** Characters of a value that are shown: it is anyone's, and may be a megabyte. */
const SHOWN_CHARS_MAX = 50;

/** `"limit" is "0", must be at least 1`: the first of the issues with what was given. */
export function wrong(error: z.ZodError, input: unknown, whole = "it"): string {
  const issue = innermost(error.issues[0]!);
  const path = [...issue.path];
  if (issue.code === "unrecognized_keys") {
    const name = quoted([...path, issue.keys[0]!].join("."));
    return `${name} is not known, must be left out`;
  }
  const name = path.length === 0 ? whole : quoted(path.join("."));
  const must = mustBe(issue);
  // What a check of our own says is a whole sentence already.
  if (must === null) return `${name}: ${issue.message}`;
  // A schema that transforms may refuse what the input itself has not: parsed with `reportInput`.
  const value = "input" in issue ? issue.input : path.reduce<unknown>(member, input);
  return value === undefined
    ? `${name} is missing, ${must}`
    : `${name} is ${shown(value)}, ${must}`;
}

/** Of the alternatives of a union the one that was nearest: which the deepest issue tells. */
function innermost(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flatMap(([first]) => first === undefined ? [] : [innermost(first)]);
  const depths = inner.map(({ path }) => path.length);
  const deepest = inner[depths.indexOf(Math.max(...depths))];
  if (deepest === undefined || deepest.path.length === 0) return issue;
  return { ...deepest, path: [...issue.path, ...deepest.path] };
}

function mustBe(issue: Issue): string | null {
  if (/^must /.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${TYPES[issue.expected] ?? `a ${issue.expected}`}`;
    case "too_small":
      return `must ${verb(issue.origin)} at least ${amount(issue.minimum, issue.origin)}`;
    case "too_big":
      return `must ${verb(issue.origin)} at most ${amount(issue.maximum, issue.origin)}`;
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.join(", ")}`;
    case "invalid_format":
      return issue.format === "regex"
        ? `must match ${String(issue.pattern)}`
        : `must be ${TYPES[issue.format] ?? `in the form ${issue.format}`}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_union":
      return "must be one of the forms of the schema";
    case "invalid_key":
      return "must have keys of the schema";
    case "invalid_element":
      return "must have elements of the schema";
    default:
      return null;
  }
}

const TYPES: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  tuple: "a list",
  datetime: "a time in UTC, as 2026-11-20T03:12:40Z",
};

const verb = (origin: string) => origin === "array" || origin === "set" ? "have" : "be";

function amount(size: number | bigint, origin: string): string {
  if (origin === "string") return `${size} ${size === 1 ? "character" : "characters"} long`;
  if (verb(origin) === "have") {
    return `${size} ${size === 1 ? "element" : "elements"}`;
  }
  return String(size);
}

function member(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

const quoted = (text: string) =>
  JSON.stringify(text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text);
