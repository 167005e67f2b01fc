/** What people are told of a cause; each folder has one in its `cause.ts`. */
import type { CauseCode } from "../../event/codes.ts";

/** Parts of docs/causes.md, in the order of the page, by the heading of each. */
export const GROUPS = {
  routing: "routing",
  link: "link and neighbours",
  tunnels: "tunnels",
  filters: "filters",
  queues: "queues and sockets",
  exchanges: "questions and their answers",
  edge: "the edge of what was seen",
} as const;

/** One cause, as docs/causes.md, `lasthop explain` and the page of causes tell it. */
export interface CauseText {
  /** Never changes its meaning: scripts switch on it. The folder has its name. */
  code: CauseCode;
  /** The part of the page that it stands in. */
  group: keyof typeof GROUPS;
  /** What is wrong: Markdown, one paragraph, as all of these. */
  means: string;
  /** What was seen or read that the finding rests on. */
  knows: string;
  /** How to repair it, and whom to ask. */
  remedy: string;
}
