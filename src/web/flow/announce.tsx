/// <reference lib="dom" />
/** Changes of the page, told to screen readers. */
import { effect, signal } from "@preact/signals";
import { OUTCOME_WORDS } from "../../words/outcome.ts";
import { selected } from "../state/model.ts";
import { spokenVerdict } from "./sentence.ts";

const message = signal("");

/** Says `text` to screen readers, when they have finished what they say. */
export function announce(text: string): void {
  message.value = text;
}

/** The element that screen readers listen to. */
export function LiveRegion() {
  return <p class="unseen" aria-live="polite" aria-atomic="true">{message}</p>;
}

/**
 * Announces the verdict of the shown flow when that verdict changes, and nothing when the reader
 * chooses another flow. Returns what stops it.
 */
export function announceVerdicts(): () => void {
  let before: { id: string; verdict: string; outcome: string } | null = null;
  return effect(() => {
    const flow = selected.value;
    if (flow === null) return;
    const { id, outcome } = flow;
    const verdict = `${outcome} ${flow.cause?.code ?? ""} ${spokenVerdict(flow)}`;
    if (before?.id === id && before.verdict !== verdict) {
      const was = before.outcome === outcome ? "" : `, was ${OUTCOME_WORDS[before.outcome]}`;
      announce(`${spokenVerdict(flow)}${was}`);
    }
    before = { id, verdict, outcome };
  });
}
