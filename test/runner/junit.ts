/** Reads the JUnit report of `deno test`: the only true count of what ran. */
import type { TestResult } from "./result.ts";

export interface JunitReport {
  /** Files that were loaded; one that threw while loading is missing. */
  files: Set<string>;
  results: TestResult[];
}

export function readJunit(xml: string): JunitReport {
  const report: JunitReport = { files: new Set(), results: [] };
  for (const [, attributes = "", body = ""] of elements(xml, "testsuite")) {
    const file = attribute(attributes, "name").replace(/^\.\//, "");
    report.files.add(file);
    const cases = [...elements(body, "testcase")];
    const names = new Set(cases.map(([, found = ""]) => attribute(found, "name")));
    for (const [, found = "", inner = ""] of cases) {
      const name = attribute(found, "name");
      const state = stateOf(inner);
      // A test that --filter left out is written as skipped too, but no clock ran for it.
      if (state === "skipped" && !/ time="/.test(found)) continue;
      const seconds = Number(attribute(found, "time") || 0);
      const step = isStep(name, names);
      report.results.push({ file, name, state, seconds, step, detail: detailOf(inner) });
    }
  }
  return report;
}

/** Steps are named "test > step > step of it". */
function isStep(name: string, names: Set<string>): boolean {
  const cut = name.lastIndexOf(" > ");
  return cut > 0 && names.has(name.slice(0, cut));
}

function stateOf(inner: string): TestResult["state"] {
  if (inner.includes("<skipped")) return "skipped";
  return /<(failure|error)[\s>]/.test(inner) ? "failed" : "passed";
}

function detailOf(inner: string): string | undefined {
  const match = /<(?:failure|error) message="([^"]*)"(?:\/>|>([\s\S]*?)<\/(?:failure|error)>)/
    .exec(inner);
  if (match === null) return undefined;
  return unescaped(match[2] || match[1] || "");
}

/** Every `<tag …>…</tag>`; attribute values hold no bare ">" because Deno escapes it. */
function elements(xml: string, tag: string): Iterable<RegExpExecArray> {
  return xml.matchAll(new RegExp(`<${tag}(\\s[^>]*)>([\\s\\S]*?)</${tag}>`, "g"));
}

function attribute(attributes: string, name: string): string {
  return unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescaped(text: string): string {
  return text.replace(/&(#x?)?(\w+);/g, (whole, number: string | undefined, code: string) => {
    if (number === undefined) return ENTITIES[code] ?? whole;
    return String.fromCodePoint(parseInt(code, number === "#x" ? 16 : 10));
  });
}
