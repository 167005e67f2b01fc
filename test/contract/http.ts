/**
 * The HTTP contract (design 4.3), for every way an ingest runs. Its tests call this with a factory
 * that starts one; what the target needs to know comes with the options.
 */
import { archiveContract } from "./http_archive.ts";
import { auditContract } from "./http_audit.ts";
import { authContract, loopbackContract } from "./http_auth.ts";
import { batchesContract } from "./http_batches.ts";
import { bodiesContract } from "./http_bodies.ts";
import { hostileContract } from "./http_hostile.ts";
import { joinContract } from "./http_join.ts";
import { limitsContract } from "./http_limits.ts";
import { liveContract } from "./http_live.ts";
import { metricsContract } from "./http_metrics.ts";
import { originContract } from "./http_origin.ts";
import { problemsContract } from "./http_problems.ts";
import { readContract } from "./http_read.ts";
import {
  clientOf,
  type StartTarget,
  type Target,
  type TargetOptions,
  TEST_LIMITS,
} from "./target.ts";

/** Declares a test on a target of its own that has one incident, "i". */
export type HttpTest = (
  title: string,
  run: (target: Target) => Promise<void>,
  options?: TargetOptions,
) => void;

export interface RuntimeOptions {
  /** It knows whether a request comes from its own machine. */
  knowsLoopback: boolean;
}

export function httpContract(
  name: string,
  start: StartTarget,
  { knowsLoopback }: RuntimeOptions = { knowsLoopback: true },
): void {
  const test: HttpTest = (title, run, options = {}) =>
    Deno.test(`http ${name}: ${title}`, async () => {
      const limits = { ...TEST_LIMITS, ...options.limits };
      const target = await start({ ...options, limits });
      try {
        await clientOf(target).createIncident({ id: "i", title: "<b>one</b>", filter: "icmp" });
        await run(target);
      } finally {
        await target.stop();
      }
    });
  batchesContract(test);
  bodiesContract(test);
  authContract(test);
  joinContract(test);
  if (knowsLoopback) loopbackContract(test);
  readContract(test);
  problemsContract(test);
  metricsContract(test);
  archiveContract(test);
  liveContract(test);
  auditContract(test);
  limitsContract(test);
  originContract(test);
  hostileContract(test);
}
