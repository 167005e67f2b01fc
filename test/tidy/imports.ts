/** Which file imports which, and that no way of imports leads back to where it began. */
import type { TidyRule } from "./rules.ts";
import { isCode, isTest, type Source } from "./source.ts";

/** Files under src, tests left out, and the files under src that each imports, types included. */
export function importsUnder(sources: Source[]): Map<string, string[]> {
  const files = sources.filter(({ path }) => path.startsWith("src/") && isCode(path));
  const known = new Set(files.map(({ path }) => path));
  return new Map(
    files.filter(({ path }) => !isTest(path)).map(({ path, text }) => [
      path,
      relativeImports(text).map((to) => new URL(to, `file:///${path}`).pathname.slice(1))
        .filter((to) => known.has(to)),
    ]),
  );
}

function relativeImports(text: string): string[] {
  const code = text.replace(/^\s*(\/\/|\/?\*).*$/gm, "");
  const pattern = /\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g;
  return [...code.matchAll(pattern)].map(([, specifier = ""]) => specifier);
}

/**
 * A file in a circle can't be read or moved without all others of the circle. Imports of types count:
 * a reader follows them too. Tarjan's algorithm for strongly connected components.
 */
export const importsMakeNoCircle: TidyRule = (sources) => {
  const imports = importsUnder(sources);
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    let low = order.size;
    order.set(file, low);
    const own = low;
    open.push(file);
    for (const to of imports.get(file) ?? []) {
      if (!order.has(to)) low = Math.min(low, visit(to));
      else if (open.includes(to)) low = Math.min(low, order.get(to) ?? low);
    }
    if (low === own) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1 || imports.get(file)?.includes(file)) circles.push(circle.sort());
    }
    return low;
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles.map((circle) =>
    `${circle[0]}: imports itself by way of ${circle.slice(1).join(", ") || "nothing"}, ` +
    "what they share must be a file of its own"
  );
};

/** Rooms that show the same things to different readers, and stand beside each other. */
const FACES = ["src/web/", "src/cli/"];

/** What both faces say is in a room under both, so that it is said in one way. */
export const facesStandApart: TidyRule = (sources) => {
  const complaints: string[] = [];
  for (const [path, targets] of importsUnder(sources)) {
    const face = FACES.find((room) => path.startsWith(room));
    for (const to of targets) {
      const other = FACES.find((room) => to.startsWith(room));
      // The command line starts the page's bundler; nothing of what the page shows is in that file.
      if (face === undefined || other === undefined || face === other) continue;
      if (to === "src/web/bundle.ts") continue;
      complaints.push(`${path}: imports ${to}, what both need must be in a room under both`);
    }
  }
  return complaints;
};
