/** One thing that `lasthop doctor` says of a machine. */

/** Whether something can be seen here; `unknown` for want of privilege to find out. */
export type CheckState = "yes" | "partly" | "no" | "unknown";

/** One thing that an engineer wants to see, and whether this machine shows it. */
export interface Check {
  /** Never changes; what programs switch on. */
  id: string;
  state: CheckState;
  /** What one wants to see. */
  what: string;
  /** How, or why not. */
  note?: string;
  /** Names of the scripts of `bpf/` that it takes, such as `device_rx`. */
  scripts: string[];
}
