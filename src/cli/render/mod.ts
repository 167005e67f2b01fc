/** A report as text for a terminal. */
export { renderExchangeLine } from "./exchange.ts";
export { renderFlow } from "./flow.ts";
export { renderFlowLine } from "./flow_line.ts";
export { type Look, lookOf, type RenderOptions } from "./look.ts";
export { renderReport, renderSummary } from "./report.ts";
export { isTerminal, terminalOptions } from "./terminal.ts";
export { grouped, plural } from "./words.ts";
