/** House rules. Each takes the repository's files and returns complaints: "path: what is wrong". */
import { bareCode, isCode, isTest, type Source } from "./source.ts";

export type TidyRule = (sources: Source[]) => string[];

const PURE = /^src\/(event|analysis)\//;
const ON_EVENT = /^src\/(event|analysis|words)\//;

const IMPURE: Record<string, RegExp> = {
  "a clock": /\bDate\.now\b|\bnew Date\b|\bperformance\./,
  "a random number": /\bMath\.random\b|\bcrypto\.(randomUUID|getRandomValues)\b/,
  "a runtime": /\bDeno\.|(?<![.\w])process\.|(?<![.\w])fetch\(/,
  "a timer": /\bset(Timeout|Interval|Immediate)\b/,
};

/** Same events, same report: what decides it must be handed in. Their tests may use node:assert. */
export const pureCodeAsksNobody: TidyRule = (sources) =>
  sources.filter(({ path }) => PURE.test(path) && isCode(path) && !isTest(path))
    .flatMap(({ path, text }) =>
      Object.entries(IMPURE)
        .filter(([, pattern]) => pattern.test(bareCode(text)))
        .map(([what]) => `${path}: asks ${what}, must be handed it`)
    );

/** The vocabulary imports nobody; the analysis, and what both faces say, only the vocabulary. */
export const pureCodeImportsPureCode: TidyRule = (sources) =>
  sources.filter(({ path }) => ON_EVENT.test(path) && isCode(path) && !isTest(path))
    .flatMap(({ path, text }) =>
      imports(text)
        .filter((specifier) => !mayImport(path, specifier))
        .map((specifier) => `${path}: imports "${specifier}", must be src/event, zod or its own`)
    );

function mayImport(path: string, specifier: string): boolean {
  if (specifier === "zod") return true;
  if (!specifier.startsWith(".")) return false;
  const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
  if (isTest(target)) return false;
  return target.startsWith("src/event/") ||
    ["src/analysis/", "src/words/"].some((own) => path.startsWith(own) && target.startsWith(own));
}

function imports(text: string): string[] {
  const code = text.replace(/^\s*(\/\/|\/?\*).*$/gm, "");
  const pattern = /\b(?:from|import)\s*\(?\s*["']([^"'\s]+)["']/g;
  return [...code.matchAll(pattern)].map(([, specifier = ""]) => specifier);
}

const linesMax = 300;

/** A file that does one thing stays short. `allowed`: path to the reason why it may not. */
export function filesAreShort(allowed: Record<string, string>): TidyRule {
  return (sources) => {
    const long = sources.filter(({ path, text }) =>
      path.startsWith("src/") && isCode(path) && text.split("\n").length - 1 > linesMax
    ).map(({ path }) => path);
    return [
      ...long.filter((path) => !(path in allowed)).map((path) =>
        `${path}: over ${linesMax} lines, must be split or listed with a reason`
      ),
      ...Object.keys(allowed).filter((path) => !long.includes(path)).map((path) =>
        `${path}: listed as long, but is not`
      ),
    ];
  };
}

/** A sleep is either too short on a slow machine or wasted time on a fast one. */
export const testsDoNotSleep: TidyRule = (sources) =>
  sources.filter(({ path }) => isTest(path) || /^test\/.*\.tsx?$/.test(path))
    .filter(({ text }) =>
      /(?<![.\w])(sleep|delay)\(|=>\s*\{?\s*setTimeout\(\s*\w+\s*[,)]/.test(bareCode(text))
    )
    .map(({ path }) => `${path}: sleeps, must wait for what it is waiting for`);

const LEFTOVER = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|")})\\b`);

export const nothingIsLeftOver: TidyRule = (sources) =>
  sources.filter(({ text }) => LEFTOVER.test(text))
    .map(({ path, text }) =>
      `${path}: leaves a ${LEFTOVER.exec(text)?.[0]}, must be done or dropped`
    );

const HEADER = ["BLIND TO", "EMITS", "NEEDS", "COST"];

/**
 * Whoever reads a script's output must know what it cannot show, and whoever runs it, its price.
 * Files in folders below are parts of scripts and never run alone.
 */
export const scriptsHaveHeaders: TidyRule = (sources) =>
  sources.filter(({ path }) => /^bpf\/[^/]*\.bt$/.test(path))
    .flatMap(({ path, text }) =>
      HEADER.filter((word) => !new RegExp(`^// ${word} +\\S`, "m").test(text))
        .map((word) => `${path}: lacks "// ${word}" in its header`)
    );

const HOSTS = ["registry." + "npmjs", "deb." + "debian", "archive." + "ubuntu"];

/** Packages are known by name; where they come from is the machine's own affair. */
export const noRegistryIsNamed: TidyRule = (sources) =>
  sources.flatMap(({ path, text }) =>
    HOSTS.filter((host) => text.includes(host)).map((host) => `${path}: names the host "${host}"`)
  );
