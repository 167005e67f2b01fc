/** How large a packet may be somewhere on its way. */
import type { Case } from "../case.ts";

/** What a packet may be as large as, and what says so. */
export interface Limit {
  what: string;
  /** Bytes. */
  mtu: number;
  /** Lets packets of so many bytes pass, as commands. */
  fix(size: number): string[];
  node: Case["node"];
  /** Inode of the namespace that has it. */
  netns: number | undefined;
}
