/** Which test files there are, which were asked for, and which need the machine to themselves. */
import { relative, resolve } from "node:path";
import { LasthopError } from "../../src/event/error.ts";

const folders = ["src", "test"];

/** Paths relative to `root`, sorted. */
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

/** `wanted` are files or folders as typed, so relative to the caller's folder; none means all. */
export function selectFiles(all: string[], wanted: string[], root: string): string[] {
  if (wanted.length === 0) return all;
  const chosen = wanted.flatMap((word) => {
    const path = relative(root, resolve(word));
    const matches = all.filter((file) => file === path || file.startsWith(`${path}/`));
    if (matches.length > 0 || path === "") return path === "" ? all : matches;
    throw new LasthopError(
      "usage",
      `Cannot test "${word}": no test file there, must be a *_test.ts under src or test`,
      2,
    );
  });
  return all.filter((file) => chosen.includes(file));
}
