/** Where else a frame arrived that one node sent: then it was not lost between the two. */
import { frameOf } from "../correlate/frames.ts";
import type { Packet } from "../correlate/packets.ts";
import type { Sighting } from "../view/timeline.ts";

/** Another node received the frame that was sent: it was not lost between the two nodes. */
export function arrivalOf(sent: Sighting, packet: Packet): Sighting | undefined {
  if (sent.kind !== "device-tx") return undefined;
  return arrivalsOf(packet).get(frameOf(sent))?.find(({ node }) => node !== sent.node);
}

/** By frame the first reception of a packet that was meant for its node, on each of two nodes. */
function arrivalsOf(packet: Packet): Map<string, Sighting[]> {
  const known = ARRIVALS.get(packet);
  if (known !== undefined) return known;
  const arrivals = new Map<string, Sighting[]>();
  for (const { events } of packet.chains) {
    for (const event of events) {
      if (event.kind !== "device-rx" || event.packetType === "otherhost") continue;
      const frame = frameOf(event);
      const [first, second] = arrivals.get(frame) ?? [];
      if (first === undefined) arrivals.set(frame, [event]);
      else if (second === undefined && first.node !== event.node) arrivals.get(frame)!.push(event);
    }
  }
  ARRIVALS.set(packet, arrivals);
  return arrivals;
}

/** Every copy of a packet asks: a flooded frame has as many copies as sightings. */
const ARRIVALS = new WeakMap<Packet, Map<string, Sighting[]>>();
