/** What makes connection tracking remember a connection for longer. */
import type { NetnsState } from "../../../event/state.ts";
import { sysctl } from "../../view/state_view.ts";
import type { NodeView } from "../../view/timeline.ts";
import { checked } from "./checked.ts";

/** Seconds for which an entry is to live longer than it was not used this time. */
const SPARE_S = 30;

/** `name`: the setting that was too short for a connection of which nothing passed for `idle` seconds. */
export function longerTimeout(
  where: { node: NodeView; netns: number | undefined; state: NetnsState | null },
  name: string,
  idle: number,
): string[] {
  return checked({
    ...where,
    changes: [{ do: "set-sysctl", name, value: Math.ceil(idle) + SPARE_S }],
    passes: (after) => Number(sysctl(after, name)) > idle,
  });
}
