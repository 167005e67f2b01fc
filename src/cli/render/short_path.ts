/** A way that needs no close look, in one line: devices in order, node by node. */
import type { EndPoints, Flow, Hop } from "../../event/report.ts";
import { changes, tunnelShort } from "../../words/ends.ts";
import type { Look } from "./look.ts";

const STATIONS_MAX = 24;

/** `worker: eth0 › vxlan1 [vxlan 555005] eth0 › podvm: eth0 › vxlan0`. */
export function shortPath(flow: Flow, look: Look): string {
  const stations: string[] = [];
  let before: Hop | undefined;
  let form: EndPoints = flow;
  for (const hop of flow.path) {
    const moved = hop.node !== before?.node || hop.netns !== before.netns ||
      hop.device !== before.device;
    if (moved && hop.device !== "") {
      const node = hop.node === before?.node ? "" : `${look.text(hop.node, 32)}: `;
      stations.push(node + look.text(hop.device, 20));
    }
    if (hop.stage === "encapsulate" && hop.encap !== undefined) {
      note(stations, tunnelShort(hop.encap, look));
    }
    if (hop.translated !== undefined) {
      // The verdict above tells the ends of it.
      note(
        stations,
        flow.translated ? "translated" : changes(form, hop.translated, look).join(", "),
      );
      form = hop.translated;
    }
    before = hop;
  }
  return shortened(stations, look).join(` ${look.glyph.then} `);
}

function note(stations: string[], text: string): void {
  if (stations.length === 0) stations.push("");
  stations[stations.length - 1] = `${stations.at(-1)} [${text}]`.trim();
}

function shortened(stations: string[], { glyph }: Look): string[] {
  if (stations.length <= STATIONS_MAX) return stations;
  const half = STATIONS_MAX / 2;
  const left = stations.length - 2 * half;
  return [...stations.slice(0, half), `${glyph.ellipsis} ${left} more`, ...stations.slice(-half)];
}
