/** The number of a network namespace, as the kernel writes it. */

/** `net:[4026531833]`, as links and mount tables have it. */
const NET = /^net:\[(\d+)\]$/;

/** The inode of a namespace in the kernel's words for it; undefined when they are of something else. */
export function inodeIn(words: string): number | undefined {
  const inode = NET.exec(words)?.[1];
  return inode === undefined ? undefined : Number(inode);
}

/** The namespace that a link of a process leads to; undefined when it is none. */
export function inodeOfLink(path: string): number | undefined {
  try {
    return inodeIn(Deno.readLinkSync(path));
  } catch {
    // The process ended, or it is no link.
    return undefined;
  }
}
