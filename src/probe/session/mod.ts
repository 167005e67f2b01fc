/** Traces of this kernel. Everything else of the probe is a part of one. */
export { type NodeSpec, type NodeWords, resolveNodes } from "./nodes.ts";
export type { Session, SessionOptions } from "./session.ts";
export { startSession } from "./start_session.ts";
