import { httpContract } from "../contract/http.ts";
import type { StartTarget } from "../contract/target.ts";
import { startWorkerd } from "./workerd.ts";

/** More shards than one, so that a batch is in several places. */
const start: StartTarget = ({ limits, allowOrigins, analysis }) =>
  startWorkerd({ limits, allowOrigins, analysis: analysis ?? "tally", shards: 3 });

httpContract("workerd", start, { knowsLoopback: false });
