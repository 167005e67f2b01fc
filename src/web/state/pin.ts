/** The flow that others are compared with. The page's address has its id. */
import { computed } from "@preact/signals";
import type { Flow } from "../../event/report.ts";
import { selectedId, told } from "./model.ts";
import { inAddress, step } from "./url.ts";

/** Id of the pinned flow; null when none is pinned. */
export const pinnedId = inAddress("pin");

/** The pinned flow; null when none is pinned, or when it is no longer in the report. */
export const pinned = computed<Flow | null>(() =>
  pinnedId.value === null ? null : told.value.flows.get(pinnedId.value) ?? null
);

/** Pins the shown flow, or unpins when it is the pinned one. */
export function togglePin(): void {
  const id = selectedId.value;
  step({ pin: id === pinnedId.value ? null : id });
}

/** Compares with no flow any more. */
export function unpin(): void {
  step({ pin: null });
}
