/** Which test files there are, which were asked for, and what each of them needs. */
import { relative, resolve } from "node:path";

const folders = ["src", "test"];

/**
 * Every test file of the checkout.
 *
 * @param root The checkout's folder.
 * @returns Paths relative to `root`, sorted.
 */
export async function findTestFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(`${root}/${folder}`)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory && entry.name !== "node_modules") await visit(path);
      if (entry.isFile && /_test\.tsx?$/.test(entry.name)) found.push(path);
    }
  };
  for (const folder of folders) await visit(folder);
  return found.sort();
}

/** Kernel state and Chromium are shared by the whole machine; workerd takes all of its processors. */
export function isSerial(file: string): boolean {
  return /_(kernel|browser|workerd)_test\.tsx?$/.test(file);
}

/**
 * Needs no kernel feature, no browser, no workerd, and no package that is not installed yet, is no test
 * of the whole program, as a process or as a server on loopback, and not one of many seconds.
 */
export function isQuick(file: string): boolean {
  return !isSerial(file) && !/_(network|system|long)_test\.tsx?$/.test(file);
}

/** What was asked for: whole files, and words that tests of the other files may have in their name. */
export interface Selection {
  files: string[];
  /** Looked for in the names of all tests that are not in `files`. */
  words: string[];
}

/**
 * Reads what was typed. A word is a test file, a folder of them, a part of a test file's path, or
 * else a part of tests' names, as a rule's id or a cause's code is.
 *
 * @param all Every test file, relative to `root`.
 * @param wanted Words as typed, paths relative to the caller's folder; none means all files.
 */
export function selectFiles(all: string[], wanted: string[], root: string): Selection {
  if (wanted.length === 0) return { files: all, words: [] };
  const chosen = new Set<string>();
  const words: string[] = [];
  for (const word of wanted) {
    const path = relative(root, resolve(word));
    const below = all.filter((file) => path === "" || file === path || file.startsWith(`${path}/`));
    const named = below.length > 0 ? below : all.filter((file) => file.includes(word));
    for (const file of named) chosen.add(file);
    // A path says which tests are meant; any other word may also be in the names of other tests.
    if (below.length === 0) words.push(word);
  }
  return { files: all.filter((file) => chosen.has(file)), words };
}
