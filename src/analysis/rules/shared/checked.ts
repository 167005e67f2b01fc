/**
 * Remedies that were checked: a command that changes something is told only where, by the state as
 * read, what was wrong is right after it. What can't be checked so is worded as a thing to look at.
 */
import type { NetnsState } from "../../../event/state.ts";
import { isSeenWhole } from "../../../event/names.ts";
import type { NodeView } from "../../view/timeline.ts";
import { changing, quoted } from "../command.ts";
import { applied, type Change } from "./change.ts";
import { wordsOf } from "./change_words.ts";

/** Changes that are meant to let a packet pass one hop. */
export interface Plan {
  node: NodeView;
  /** Inode of the network namespace. */
  netns: number | undefined;
  /** As read where the packet ended. */
  state: NetnsState | null;
  changes: readonly Change[];
  /** Whether the packet passes the hop in a state: the question that the rule itself asked. */
  passes(state: NetnsState): boolean;
}

/**
 * The commands of the plan, in order. None when the packet passes in the state as read (then nothing
 * here is wrong), when it does not pass after the changes, or when a command can't be told whole:
 * half of a remedy may do harm.
 */
export function checked({ node, netns, state, changes, passes }: Plan): string[] {
  if (!state || passes(state) || !passes(applied(state, changes))) return [];
  const lines = changes.map((change) => changing(node, netns, wordsOf(change)));
  const told = [...new Set(lines.flat())];
  const isWhole = lines.every((line) => line.length > 0) &&
    told.every((line) => line.length <= LINE_MAX);
  return isWhole ? told : [];
}

/** A report has no longer lines, in characters; a command must not be cut. */
const LINE_MAX = 500;

/** Characters that no shell reads as anything else, also one that knows no comments when typed. */
const PLAIN = /^[\w ,=/.:@+-]+$/;

/**
 * A thing to look at, in words: a comment for a shell, in quotes where names from outside, or rules,
 * have what a shell could read. None when not all of it would be seen.
 */
export function lookAt(text: string): string[] {
  if (!isSeenWhole(text)) return [];
  const line = `# ${PLAIN.test(text) ? text : quoted([text])}`;
  return line.length <= LINE_MAX ? [line] : [];
}
