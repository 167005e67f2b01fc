/** Work on a fleet from its opening to the last thing that is removed. */
import type { Fleet } from "./fleet.ts";

/**
 * Opens a fleet, works with it and closes it, whatever happens in between. Resolves with the exit code; it is 1 where
 * something could not be removed, which is told.
 */
export async function workAndLeave(
  open: () => Promise<Fleet>,
  work: (fleet: Fleet) => Promise<number>,
  progress: (text: string) => void,
): Promise<number> {
  const fleet = await open();
  let exitCode = 1;
  let left: string[] = [];
  try {
    exitCode = await work(fleet);
  } finally {
    left = await fleet.close();
    for (const what of left) progress(what);
  }
  return left.length > 0 && exitCode === 0 ? 1 : exitCode;
}
