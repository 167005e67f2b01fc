/** Where specs are: under `test/spec`, and those of one cause in the cause's own folder. */

const RULES = "src/analysis/rules/";

/** Paths of all specs from the root of a checkout on, in order. `root` ends without a slash. */
export function specPaths(root: string): string[] {
  const found: string[] = [];
  const visit = (folder: string) => {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(`${root}/${folder}`)) {
      if (isDirectory && name !== "form") visit(`${folder}${name}/`);
      if (isFile && name.endsWith(".txt")) found.push(folder + name);
    }
  };
  visit("test/spec/");
  visit(RULES);
  return found.sort();
}
