/** Events to report: pure, and the same for any order, batching and duplication of its input. */
export type { AnalysisInput, Batch, SilentNode } from "./view/input.ts";
export { analyse, Analysis } from "./analyse.ts";
export { goneOf } from "./view/gone.ts";
export { condense } from "./view/condense.ts";
export { type ListChange, listChange } from "./report/list_change.ts";
