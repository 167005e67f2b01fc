/** What `lasthop cluster trace` is told. */
import type { CaptureOptions } from "../capture/options.ts";
import type { HostWord } from "./on_words.ts";

/** The options of `lasthop cluster`. */
export interface ClusterOptions extends CaptureOptions {
  /** The filter as it was typed, with names that only the cluster knows. */
  asked: string;
  /** Of those names; absent: as kubectl has it. */
  namespace?: string;
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
