/** What `lasthop cluster trace` is told. */
import type { CaptureOptions } from "../capture/options.ts";
import type { HostWord } from "./on_words.ts";

/** What can be done, in the order of the help. */
export const ACTIONS = ["trace", "doctor"] as const;
/** What is to be done. */
export type Action = typeof ACTIONS[number];

/** The options of `lasthop cluster`. */
export interface ClusterOptions extends CaptureOptions {
  action: Action;
  /** Machines; absent: the nodes of a cluster. */
  on?: HostWord[];
  sshConfig?: string;
  fleet: {
    kubeconfig?: string;
    context?: string;
    into?: string;
    image?: string;
    nodes?: string[];
  };
  ingest?: { url: string; token: string };
  /** Words of `lasthop probe` that bound it. */
  bounds: string[];
}
