/** The way of a packet as lines of text, node by node. */
import type { Flow } from "../event/report.ts";
import { hopTimes } from "../words/hop_times.ts";
import { STAGE_WORDS } from "../words/outcome.ts";
import { roomWords } from "../words/place.ts";
import { elapsedShort } from "../words/time.ts";
import { tunnelName } from "../words/ends.ts";
import { PLAIN } from "./writing.ts";

/** `n1  tp11  eth0 (veth)  sent`, with the time since the hop before where one clock tells it. */
export function pathLines({ path, outcome }: Pick<Flow, "path" | "outcome">): string[] {
  const { sinceBeforeNs } = hopTimes(path);
  return path.map((hop, i) => {
    const since = sinceBeforeNs[i];
    const words = [
      PLAIN.text(hop.node),
      PLAIN.text(roomWords(hop)),
      `${PLAIN.text(hop.device) || "-"} (${PLAIN.text(hop.deviceKind)})`,
      STAGE_WORDS[hop.stage] ?? hop.stage,
      ...(hop.reason === undefined
        ? []
        : [`${PLAIN.text(hop.reason)} in ${PLAIN.text(hop.function ?? "?")}`]),
      ...(hop.encap === undefined ? [] : [tunnelName(hop.encap, PLAIN)]),
      ...(since === null || since === undefined ? [] : [`+${elapsedShort(since, "µ")}`]),
    ];
    const isLast = i === path.length - 1 && outcome !== "delivered";
    return words.join("  ") + (isLast ? "  <- last hop" : "");
  });
}
