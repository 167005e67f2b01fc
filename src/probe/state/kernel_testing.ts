/** What the tests of this folder on the real kernel share. */
import { execa } from "execa";
import type { NetnsHandle } from "./netns.ts";
import { findNetns } from "./netns.ts";

/** Registers a test that needs root and a kernel to itself; elsewhere it is shown as ignored. */
export function kernelTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.uid() !== 0, fn });
}

export interface Scene {
  /** Names of its two namespaces. */
  a: string;
  b: string;
  /** Runs a script with `$A` and `$B`; throws when a line of it fails. */
  sh(script: string): Promise<string>;
  handle(name: "a" | "b"): Promise<NetnsHandle>;
}

/** Two empty namespaces for the length of `use`. */
export async function withScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  const id = crypto.randomUUID().slice(0, 6);
  const [a, b] = [`lhst-${id}-a`, `lhst-${id}-b`];
  const sh = async (script: string) => {
    const { stdout } = await execa("sh", ["-euc", script], { env: { A: a, B: b } });
    return stdout;
  };
  try {
    await sh("ip netns add $A; ip netns add $B; ip -n $A link set lo up");
    await use({ a, b, sh, handle: (name) => findNetns(name === "a" ? a : b) });
  } finally {
    await sh("ip netns del $A 2>/dev/null || true; ip netns del $B 2>/dev/null || true");
  }
}

export function sorted(list: Iterable<string>): string[] {
  return [...list].sort();
}
