/**
 * Tests of one file that mostly wait, for the kernel's clock or for a part of a processor: one after the
 * other they would leave the machine idle. Only what counts what it may have missed belongs here.
 */
import { equal } from "node:assert/strict";

/** Tests that follow each other. */
export type Lane = readonly { name: string; fn: () => Promise<void> }[];

/** Registers one test, whose steps are the lanes' tests; the lanes go side by side. */
export function sideBySide(name: string, ignore: boolean, lanes: readonly Lane[]): void {
  // Deno looks for what a test left open in the whole process, and would find what another one has.
  const sanitize = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
  Deno.test(
    { name, ignore, ...sanitize },
    async (test) => {
      const run = async (lane: Lane) => {
        let failed = 0;
        for (const one of lane) if (!await test.step({ ...one, ...sanitize })) failed += 1;
        return failed;
      };
      const failed = await Promise.all(lanes.map(run));
      equal(failed.reduce((sum, count) => sum + count, 0), 0, "failed steps");
    },
  );
}
