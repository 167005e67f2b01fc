/** Lines of a script that are for some kernels alone, as where the arguments of a function changed. */
import { isAtLeast } from "../kernel/capability.ts";

/**
 * Leaves `//@until 5.16 asked …` as `//@asked …` for kernels before 5.16, and `//@from 5.16 asked …` for the
 * others and where the kernel is not known. `kernel`: its release, as `uname -r` prints it.
 */
export function forKernel(source: string, kernel: string | undefined): string {
  const release = /^\d+\.\d+/.exec(kernel ?? "")?.[0];
  const isSince = (version: string) => release === undefined || isAtLeast(release, version);
  return source.replace(
    /^( *)\/\/@(until|from) (\S+) (.*)\n/gm,
    (_, space, side, version, words) =>
      isSince(version) === (side === "from") ? `${space}//@${words}\n` : "",
  );
}
