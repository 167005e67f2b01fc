import { deepEqual } from "node:assert/strict";
import { podState } from "./pod_state.ts";

const pod = (status: unknown) => podState({ metadata: { name: "p" }, status });

Deno.test("a pod that waits for good has ended, with why", () => {
  const waiting = { reason: "ErrImageNeverPull", message: "image is not there" };
  deepEqual(pod({ phase: "Pending", containerStatuses: [{ state: { waiting } }] }), {
    is: "ended",
    isWell: false,
    why: "ErrImageNeverPull: image is not there",
  });
});

Deno.test("a pod that waits as pods do has not ended", () => {
  const waiting = { reason: "ContainerCreating" };
  deepEqual(pod({ phase: "Pending", containerStatuses: [{ state: { waiting } }] }), {
    is: "waiting",
  });
  deepEqual(pod({ phase: "Pending" }), { is: "waiting" });
  deepEqual(pod(undefined), { is: "waiting" });
});

Deno.test("a pod that no node takes says what the scheduler said", () => {
  const unscheduled = {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message: "0/2",
  };
  deepEqual(pod({ phase: "Pending", conditions: [unscheduled] }), {
    is: "waiting",
    why: "Unschedulable: 0/2",
  });
});

Deno.test("a pod that failed says its reason, or its exit", () => {
  const terminated = { exitCode: 1, reason: "Error" };
  deepEqual(pod({ phase: "Failed", containerStatuses: [{ state: { terminated } }] }), {
    is: "ended",
    isWell: false,
    why: "Error",
  });
  deepEqual(pod({ phase: "Failed", reason: "DeadlineExceeded", message: "too long" }), {
    is: "ended",
    isWell: false,
    why: "DeadlineExceeded: too long",
  });
});
