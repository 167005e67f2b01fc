/** A place in the words of a report. */
import { placeText } from "../../event/place.ts";
import { netnsLabel } from "../view/netns_names.ts";
import type { Place } from "./places.ts";

/** A place by its device, namespace and node. */
export function nameOf({ node, netns, seen }: Place): string {
  return placeText({
    device: seen.device ?? "",
    netns: netnsLabel(node, netns, seen.at),
    node: node.name,
  });
}
