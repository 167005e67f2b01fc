/** What tools took, as the shell that ran them says. */

/**
 * Milliseconds that a shell and its children had of a processor, as its `times` prints it:
 * `0m0.01s 0m0.02s`, twice. Undefined when it did not.
 */
export function processorMs(times: string): number | undefined {
  const found = [...times.matchAll(/(\d+)m(\d+(?:\.\d+)?)s/g)];
  if (found.length !== 4) return undefined;
  return found.reduce((sum, [, minutes, seconds]) => {
    return sum + Number(minutes) * 60_000 + Number(seconds) * 1_000;
  }, 0);
}
