/** Queues before a device: one that only holds packets, and one that keeps a rate. */
import type { Flight, Skb } from "./flight.ts";
import type { Device } from "./world.ts";

/** A queue that holds packets lets those of a flow go in the order in which they came. */
export function queueUp(flight: Flight, device: Device): void {
  const queue = flight.sim.queues.get(device);
  if (!queue) return;
  flight.pass(1_000_000, 330_000_000);
  const { flow } = flight.packet;
  flight.now = Math.max(flight.now, (queue.get(flow) ?? 0) + 50_000);
  queue.set(flow, flight.now);
}

/** Whether the packet gets through: it waits for those of its flow before it, or has no room. */
export function passShaper(flight: Flight, device: Device, skb: Skb): boolean {
  const { shaper } = device;
  if (!shaper) return true;
  const { packet } = flight;
  const lane = shaper.lanes.get(packet.flow) ?? { leaves: [], freeAt: 0 };
  shaper.lanes.set(packet.flow, lane);
  if (lane.leaves.filter((at) => at > flight.now).length >= shaper.limit) {
    shaper.dropsAt.push(flight.now);
    packet.shaped = true;
    const reason = flight.sim.random.pick(["QDISC_DROP", "QDISC_OVERLIMIT"]);
    flight.dropped(skb, device, "__dev_queue_xmit", reason, ["queue-overflow", "shaped"]);
    return false;
  }
  packet.shaped ||= lane.freeAt > flight.now;
  flight.now = Math.max(flight.now, lane.freeAt);
  lane.leaves.push(flight.now);
  const bits = 8 * (skb.fields.ipLength + 14);
  lane.freeAt = flight.now + Math.round(bits / shaper.bitsPerSecond * 1e9);
  return true;
}
