export { ALL, type FilterNode } from "./ast.ts";
export { FILTER_DEPTH_MAX, FILTER_LENGTH_MAX, parseFilter } from "./parse.ts";
export { printFilter } from "./print.ts";
export { type FilterPacket, matches, matchesAny } from "./match.ts";
export { type Translation, widen, WIDENINGS_MAX } from "./widen.ts";
