/** What a pod's status says of its probe, in words. */
import type { KubeObject } from "./kubectl.ts";

/** What became of a pod. */
export type PodState =
  | { is: "running" }
  /** It waits; `why` is absent while that is as it should be. */
  | { is: "waiting"; why?: string }
  | { is: "ended"; isWell: boolean; why: string };

/** Reasons to wait that do not go away by themselves within a trace. */
const HOPELESS = new Set([
  ...["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"],
  ...["CreateContainerConfigError", "CreateContainerError", "RunContainerError"],
]);

interface Waiting {
  reason?: string;
  message?: string;
}

/** Reads a pod's status. */
export function podState({ status }: KubeObject): PodState {
  const { phase, reason, message, containerStatuses = [], conditions = [] } = status ?? {};
  const state = containerStatuses[0]?.state ?? {};
  if (phase === "Failed" || phase === "Succeeded") {
    const { exitCode, reason: why } = state.terminated ?? {};
    const words = [reason ?? why, message].filter((word) => word && word !== "Completed");
    return {
      is: "ended",
      isWell: phase === "Succeeded",
      why: words.join(": ") || (exitCode ? `exit ${exitCode}` : ""),
    };
  }
  const waiting = state.waiting as Waiting | undefined;
  if (waiting?.reason !== undefined && HOPELESS.has(waiting.reason)) {
    return { is: "ended", isWell: false, why: said(waiting) };
  }
  if (state.running !== undefined) return { is: "running" };
  const unscheduled = (conditions as (Waiting & { type: string; status: string })[])
    .find(({ type, status }) => type === "PodScheduled" && status === "False");
  return { is: "waiting", ...unscheduled === undefined ? {} : { why: said(unscheduled) } };
}

const said = ({ reason, message }: Waiting) =>
  [reason, message].filter((word) => word !== undefined && word !== "").join(": ");
