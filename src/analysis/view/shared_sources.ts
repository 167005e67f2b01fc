/** What all nodes of an incident share. */
import type { Source } from "./asked.ts";

/** Sources that all nodes of an incident share, for questions to more than one of them. */
export interface SharedSources {
  /** Which nodes there are. */
  nodes: Source;
  /** All of them, in the order of their names: the same list while the incident grows. */
  all: readonly object[];
  /** Which of them told what was counted of flows. */
  counting: Source;
  /** What any node covers. */
  coverage: Source;
  /** What is set on any node, as its headers tell. */
  settings: Source;
  /** The state of any node. */
  states: Source;
}
