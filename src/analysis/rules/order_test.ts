/** Rules against the folders they live in. */
import { deepEqual, ok } from "node:assert/strict";
import { CAUSE_CODES } from "../../event/codes.ts";
import { CAUSE_TEXTS } from "./causes.ts";
import * as folders from "./folders.ts";
import { failedLookup } from "./no-route/failed_lookup.ts";
import { EXCHANGE_RULES, ROUTINE_RULES, RULES, UNANSWERED_RULES } from "./order.ts";
import type { RuleText } from "./rule.ts";

const rules: RuleText[] = Object.values(folders);

Deno.test("every rule is asked: it stands in order.ts, once", () => {
  // One that is asked of ends of both sorts is one.
  const asked: RuleText[] = [
    ...new Set([...RULES, ...ROUTINE_RULES, ...UNANSWERED_RULES, ...EXCHANGE_RULES]),
  ];
  for (const [name, rule] of Object.entries(folders)) {
    deepEqual(asked.filter((other) => other === rule).length, 1, `${name} must be in order.ts`);
  }
  deepEqual(asked.length, Object.keys(folders).length);
});

Deno.test("every rule says what it claims, and yields some code", () => {
  for (const { id, statement, yields } of rules) {
    ok(statement !== "" && yields.length > 0, `${id} says nothing`);
  }
});

Deno.test("every cause is told in three parts, and some rule yields it", () => {
  for (const { code, means, knows, remedy } of CAUSE_TEXTS) {
    ok(means !== "" && knows !== "" && remedy !== "", `${code}/cause.ts lacks a part`);
  }
  const yielded = new Set([...rules, failedLookup].flatMap((rule) => rule.yields));
  deepEqual(CAUSE_CODES.filter((code) => !yielded.has(code)), []);
});

Deno.test("rules of one id are one rule, in parts: they state the same", () => {
  for (const [id, parts] of Map.groupBy(rules, (rule) => rule.id)) {
    deepEqual(new Set(parts.map(({ statement }) => statement)).size, 1, id);
  }
});
