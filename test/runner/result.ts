/** What became of one test, or one of its steps. */
export interface TestResult {
  file: string;
  name: string;
  state: "passed" | "failed" | "skipped";
  seconds: number;
  /** A step of another test: its seconds are in that one's. */
  step: boolean;
  /** Why it failed. */
  detail?: string;
}

/** A result that no test reported: a static check, or a file that could not be run at all. */
export function verdict(
  name: string,
  state: "passed" | "failed",
  seconds: number,
  detail?: string,
): TestResult {
  return { file: name, name, state, seconds, step: false, detail };
}
