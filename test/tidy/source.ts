/** The files of the repository as the tidy rules see them. */
export interface Source {
  /** Relative to the repository. */
  path: string;
  text: string;
}

/** As in .gitignore: nothing of it is the project's own text. */
const notOurs = new Set([".git", ".tools", "node_modules", "coverage", "dist", "out"]);

/** Reads every text file under `root`: no git needed, so new files are judged before a commit. */
export async function readSources(root: string): Promise<Source[]> {
  const sources: Source[] = [];
  const visit = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(`${root}/${folder}`)) {
      const path = folder + entry.name;
      if (notOurs.has(entry.name) || entry.name.endsWith(".tmp")) continue;
      if (entry.isDirectory) await visit(`${path}/`);
      if (!entry.isFile) continue;
      const text = await Deno.readTextFile(`${root}/${path}`);
      if (!text.includes("\0")) sources.push({ path, text });
    }
  };
  await visit("");
  return sources.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** `arbitrary.ts` makes random values for property tests, and is imported by nothing else. */
export function isTest(path: string): boolean {
  return /(_test|\/arbitrary)\.tsx?$/.test(path);
}

export function isCode(path: string): boolean {
  return /\.(ts|tsx)$/.test(path);
}

/**
 * Code with comments removed and strings emptied, so that words in them offend nobody. Template
 * literals stay: they hold code. Text between quotes in a regular expression may go too.
 */
export function bareCode(text: string): string {
  const pattern =
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|`(?:\\.|[^`\\])*`|\/\*[^]*?\*\/|\/\/.*/g;
  return text.replace(pattern, (found, string: string | undefined) => {
    if (string !== undefined) return '""';
    return found.startsWith("`") ? found : found.replace(/[^\n]/g, "");
  });
}
