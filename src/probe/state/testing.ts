/** What the tests of this folder share. */
import { assemble } from "./assemble.ts";
import type { Reading } from "./peers.ts";
import { type Sections, splitSections } from "./sections.ts";

export const SUITES = ["bookworm", "trixie"] as const;
export type Suite = typeof SUITES[number];

const INODES = { node: 4026532117, pod: 4026532171 };

export function fixture(suite: Suite, role: "node" | "pod"): { out: string; err: string } {
  const read = (end: string) =>
    Deno.readTextFileSync(new URL(`fixtures/${suite}-${role}.${end}`, import.meta.url));
  return { out: read("out"), err: read("err") };
}

export function sectionsOf(suite: Suite, role: "node" | "pod"): Sections {
  const { out, err } = fixture(suite, role);
  return splitSections("FIXTURE", out, err);
}

export function reading(suite: Suite, role: "node" | "pod"): Reading {
  return assemble({ inode: INODES[role], name: role, path: "" }, sectionsOf(suite, role));
}

/** One claim about the captures of every release. */
export function everySuite(name: string, claim: (suite: Suite) => void): void {
  for (const suite of SUITES) Deno.test(`${name} (${suite})`, () => claim(suite));
}
