/** The steps to the map, and from it to what it shows. */
import type { Problem } from "../../event/report.ts";
import { printFilter, type ReportFilter } from "../../event/filter/mod.ts";
import { focusSoon } from "./focus.ts";
import { isNarrow, pane, told } from "./model.ts";
import { closesByBack, step } from "./url.ts";

/** Shows the flow that shows a problem best, and lists its flows: the way from the map. */
export function openProblem({ id, example }: Problem): void {
  const flow = told.value.flows.has(example) ? example : null;
  step({ problem: id, flow, view: isNarrow() ? "flow" : null });
  focusSoon("flow");
}

/** Shows the map, or closes it. */
export function toggleMap(): void {
  if (pane.value === "map") return closeMap();
  step({ view: "map" }, { opened: true });
  focusSoon("map");
}

/** Closes the map. */
export function closeMap(): void {
  if (closesByBack()) history.back();
  else step({ view: null });
  focusSoon("flows");
}

/** Lists the flows that were seen in a namespace of a node. */
export function listPlace(node: string, netns: string): void {
  const named = (field: "node" | "netns", name: string): ReportFilter => ({
    kind: "report",
    field,
    parts: [name],
  });
  step({
    filter: printFilter({ kind: "and", nodes: [named("node", node), named("netns", netns)] }),
    ...isNarrow() && { view: null },
  });
}
