import { deepEqual } from "node:assert/strict";
import { exportsAreDocumented, numbersHaveUnits, throwsAreTold } from "./docs.ts";
import type { TidyRule } from "./rules.ts";

function complaints(rule: TidyRule, text: string): string[] {
  return rule([{ path: "src/a.ts", text }])
    .map((complaint) => /"([^"]+)"/.exec(complaint)?.[1] ?? complaint);
}

Deno.test("tidy itself: exportsAreDocumented wants a doc comment right before each export", () => {
  const text = [
    "/** What the file is. */",
    'import { b } from "./b.ts";',
    "export const first = 1;",
    "/** Said. */",
    "export const second = 2;",
    "/** Not about it. */",
    "",
    "export function third() {}",
    "/** Said. */",
    "// deno-lint-ignore no-explicit-any",
    "export async function fourth(a: any) {}",
    "export type { Fifth } from './b.ts';",
  ].join("\n");
  deepEqual(complaints(exportsAreDocumented, text), ["first", "third"]);
});

Deno.test("tidy itself: numbersHaveUnits takes a unit in the name, or a comment", () => {
  const text = [
    "export interface Window {",
    "  timeNs: bigint;",
    "  width: number;",
    "  /** In pixels. */",
    "  height: number;",
    "  name: string;",
    "  at?: bigint;",
    "}",
    "interface Inner {",
    "  depth: number;",
    "}",
  ].join("\n");
  deepEqual(complaints(numbersHaveUnits, text), ["Window.width", "Window.at"]);
});

Deno.test("tidy itself: throwsAreTold asks exported functions that throw by themselves", () => {
  const text = [
    "/** Reads it. */",
    "export function silent(text: string): number {",
    '  if (text === "") throw new Error("empty");',
    "  return 1;",
    "}",
    "/** Reads it. Throws LasthopError `usage` when it is empty. */",
    "export function told(text: string): number {",
    '  if (text === "") throw new Error("empty");',
    "  return 1;",
    "}",
    "/** Calls what throws. */",
    'export const calls = () => silent("");',
  ].join("\n");
  deepEqual(complaints(throwsAreTold, text), ["silent"]);
});
