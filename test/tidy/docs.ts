/** What a reader of an export is told: that it is documented, in which units, and how it fails. */
import type { TidyRule } from "./rules.ts";
import { isCode, isTest, type Source } from "./source.ts";

const EXPORT =
  /^export (?:default )?(?:declare )?(?:abstract )?(async function\*?|function\*?|const enum|const|let|class|interface|type|enum) ([\w$]+)/;

interface Exported {
  path: string;
  kind: string;
  name: string;
  /** The doc comment right before it; "" for none. */
  doc: string;
  /** From its first line to the line that closes it, or to the next blank line at the margin. */
  body: string;
}

/** Exports under src as the text shows them; generated and test files are left out. */
function exportsOf({ path, text }: Source): Exported[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const [, kind = "", name = ""] = EXPORT.exec(line) ?? [];
    // A type that a schema of the same name implies is documented where the schema is.
    if (name === "" || line.includes(`= z.infer<typeof ${name}>`)) return [];
    return [{ path, kind, name, doc: docBefore(lines, at), body: bodyFrom(lines, at) }];
  });
}

/** The comment block that ends on the line before; lint directives may stand between. */
function docBefore(lines: string[], at: number): string {
  let end = at - 1;
  while (/^\s*\/\/ deno-lint-ignore/.test(lines[end] ?? "")) end--;
  if (!/\*\/\s*$/.test(lines[end] ?? "")) return "";
  let begin = end;
  while (begin > 0 && !/^\s*\/\*\*/.test(lines[begin] ?? "")) begin--;
  return lines.slice(begin, end + 1).join("\n");
}

function bodyFrom(lines: string[], at: number): string {
  const end = lines.findIndex((line, i) =>
    i > at && /^[}\])]/.test(line) && !/^\).*[{(]$/.test(line)
  );
  const isOneLine = /;\s*$/.test(lines[at] ?? "");
  return lines.slice(at, isOneLine || end === -1 ? at + 1 : end + 1).join("\n");
}

const documented = (sources: Source[]) =>
  sources.filter(({ path }) => path.startsWith("src/") && isCode(path) && !isTest(path))
    .filter(({ path }) => !/\/(fixture|testing)/.test(path) && !/_testing\.tsx?$/.test(path))
    .flatMap(exportsOf);

/** Whoever uses an export must not need to read what is behind it. */
export const exportsAreDocumented: TidyRule = (sources) =>
  documented(sources).filter(({ doc }) => doc === "")
    .map(({ path, name }) => `${path}: "${name}" has no doc comment, must say what it is`);

/** Ends of names that are a unit or a count, so that nothing else has to say it. */
const UNIT =
  /(Ns|Us|Ms|Seconds|Minutes|Hours|Days|Bytes|KiB|MiB|Px|Percent|Columns|Rows|Lines|Events|Packets|Count|Port|Inode|Ifindex|ifindex|inode|port|sequence|Sequence|events|lost|refused|evicted|packets|bytes|count|index|ttl|version|exitCode|status|cpu|mtu|pid|Pid|id|Id)$/;

/** A number without a unit is a riddle: by its name, or by a comment on it. */
export const numbersHaveUnits: TidyRule = (sources) =>
  documented(sources).filter(({ kind }) => kind === "interface" || kind === "type")
    .flatMap(({ path, name, body }) => {
      const lines = body.split("\n");
      return lines.flatMap((line, at) => {
        const field = /^ {2}(?:readonly )?(\w+)\??: (?:number|bigint)(?: \| (?:null|undefined))?;/
          .exec(line)?.[1];
        if (field === undefined || UNIT.test(field)) return [];
        if (/\*\/\s*$/.test(lines[at - 1] ?? "") || /\/\/|\/\*/.test(line)) return [];
        return [`${path}: "${name}.${field}" is a number of nothing, must say its unit`];
      });
    });

/** An error that nobody is told of is not handled by anybody. */
export const throwsAreTold: TidyRule = (sources) =>
  documented(sources).filter(({ kind }) => /function/.test(kind))
    .filter(({ body }) => /^ {2,4}(if \(.*\) )?throw /m.test(body))
    .filter(({ doc }) => !/\b[Tt]hrows?\b|\brejects?\b/i.test(doc))
    .map(({ path, name }) => `${path}: "${name}" throws, its doc comment must say what and when`);
