import type { Change } from "./follow.ts";

/** What shows the changes of an incident. */
export interface View {
  show(change: Change): void;
  /** True where a person reads on after the incident has ended. */
  stays?: boolean;
  /** Gives the terminal back as it was. */
  close(): void;
}
