/** Events to report: pure, and the same for any order, batching and duplication of its input. */
export type { AnalysisInput, Batch } from "./input.ts";
export { analyse } from "./analyse.ts";
export { condense } from "./condense.ts";
