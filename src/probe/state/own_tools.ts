/** Tools that run in a namespace only to read it: it is not theirs. */

/** Process groups of tools that run now, as `timeout` makes one for all that it starts. */
const groups = new Set<number>();

/** Keeps in mind that what was started by `timeout` is a tool of this program, until it ends. */
export async function asOwnTool<T>(
  tool: PromiseLike<T> & { pid?: number | undefined },
): Promise<T> {
  const { pid } = tool;
  if (pid !== undefined) groups.add(pid);
  try {
    return await tool;
  } finally {
    if (pid !== undefined) groups.delete(pid);
  }
}

/** Whether a process is of such a group, by the text of its `/proc/PID/stat`. */
export function isOwnTool(stat: string): boolean {
  // The name of the program is in parentheses, and may have others in it.
  const [, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return groups.has(Number(group));
}
