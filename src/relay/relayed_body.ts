/** Batches of several senders as one text, each behind the line that says whose they are. */
import { SENDER_LINE, type SenderLine } from "../ingest/intake/sender_lines.ts";

/** Whole batches of one sender, as it sent them. */
export interface SentText {
  incident: string;
  token: string;
  /** Lines, the last one ended, too. */
  text: string;
}

/** The body for an ingest, and what a spool keeps of it. */
export function relayedBody(sent: readonly SentText[]): string {
  return sent.map(({ incident, token, text }) => {
    const line: SenderLine = { kind: "sender", version: 1, incident, token };
    return `${JSON.stringify(line)}\n${text}`;
  }).join("");
}

/** What a body was made of. A line of it that is no sender's belongs to the sender before it. */
export function sentIn(body: string): SentText[] {
  return body.split(`\n${SENDER_LINE}`).filter((part) => part !== "").map((part, i) => {
    const whole = i === 0 ? part : SENDER_LINE + part;
    const end = whole.indexOf("\n");
    const { incident, token } = JSON.parse(whole.slice(0, end)) as SenderLine;
    const text = whole.slice(end + 1);
    return { incident, token, text: text.endsWith("\n") ? text : `${text}\n` };
  });
}

/** How many batches a text has, and how many lines of events and states. */
export function countIn(text: string): { batches: number; lines: number } {
  const lines = text.split("\n").filter((line) => line !== "");
  const batches = lines.filter((line) => line.startsWith('{"kind":"batch"')).length;
  return { batches, lines: lines.length - batches };
}
