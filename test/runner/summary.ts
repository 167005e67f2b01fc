/** What the suite says at its end. The last line is read by machines. */
import type { TestResult } from "./result.ts";

const slowestMax = 10;

export function summary(results: TestResult[]): string {
  const parts = [slowest(results), skipped(results), failures(results)];
  return [...parts.filter((part) => part !== ""), countLine(results)].join("\n\n");
}

export function countLine(results: TestResult[]): string {
  const count = (state: TestResult["state"]) => results.filter((it) => it.state === state).length;
  const skipped = count("skipped");
  const line = `${count("passed")} passed, ${count("failed")} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

function slowest(results: TestResult[]): string {
  const seconds = new Map<string, number>();
  for (const result of results) {
    if (result.step) continue;
    seconds.set(result.file, (seconds.get(result.file) ?? 0) + result.seconds);
  }
  const rows = [...seconds].sort((a, b) => b[1] - a[1]).slice(0, slowestMax);
  return section("Slowest", rows.map(([file, sum]) => `${sum.toFixed(1).padStart(6)} s  ${file}`));
}

/** A test that is ignored says why in its name. */
function skipped(results: TestResult[]): string {
  const those = results.filter((result) => result.state === "skipped");
  return section("Skipped", those.map(({ file, name }) => `  ${file}: ${name}`));
}

function failures(results: TestResult[]): string {
  const those = results.filter((result) => result.state === "failed");
  return section(
    "Failed",
    those.map(({ file, name, detail = "" }) => {
      const title = file === name ? name : `${file}: ${name}`;
      return `  ${title}\n${detail.replace(/^/gm, "    ")}\n`;
    }),
  );
}

function section(title: string, lines: string[]): string {
  return lines.length === 0 ? "" : `${title}:\n${lines.join("\n")}`;
}
