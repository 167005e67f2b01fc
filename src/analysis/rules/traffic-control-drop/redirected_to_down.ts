/** Filters of tc that hand packets to a device which is down: the kernel drops what they redirect. */
import type { TrafficControlFilter } from "../../../event/state.ts";
import type { Case } from "../case.ts";

/** A filter, and the device that it hands packets to. */
export interface Redirected {
  filter: TrafficControlFilter;
  /** Its name and flags; null: it was deleted, and tc names it no more. */
  target: { name: string; flags: readonly string[] } | null;
}

const GONE = "*";

/**
 * The one filter of the device that redirects to one which was down, or gone, by both readings around the packet;
 * null: none does, or several. As `tcf_mirred_act` asks it (Linux 5.10 to 7.2): a copy (`mirror`) to such a device is lost alone.
 */
export function redirectedToDown(subject: Case, side: string): Redirected | null {
  const { before, after, device } = subject;
  const state = after ?? before;
  const isDownIn = (state: Case["before"], name: string) =>
    state?.links.some((link) => link.name === name && !link.flags.includes("UP")) ?? true;
  const found = (state?.filters ?? []).flatMap((filter): Redirected[] => {
    if (filter.device !== device || filter.where !== side) return [];
    const targets = filter.actions.flatMap(({ mirred }) =>
      mirred?.action === "redirect" && mirred.device !== undefined ? [mirred.device] : []
    );
    // As tc prints a device that there is no more; by both readings it was so.
    const wasGone = before?.filters.some((other) =>
      other.device === device && other.preference === filter.preference &&
      other.actions.some(({ mirred }) =>
        mirred?.device === GONE
      )
    ) ?? true;
    if (targets.includes(GONE)) return wasGone ? [{ filter, target: null }] : [];
    const target = state!.links.find(({ name }) => targets.includes(name));
    if (target === undefined || !isDownIn(before, target.name)) return [];
    return isDownIn(after, target.name) ? [{ filter, target }] : [];
  });
  return found.length === 1 ? found[0]! : null;
}
