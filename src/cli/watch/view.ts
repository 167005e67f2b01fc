import type { Change } from "./follow.ts";

/** What shows the changes of an incident. */
export interface View {
  show(change: Change): void;
  /** Gives the terminal back as it was. */
  close(): void;
}
