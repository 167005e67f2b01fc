/** A datagram larger than the MTU: sent in fragments, read as one when the last has come. */
import type { Simulation, Skb } from "./flight.ts";
import { readDatagram } from "./local.ts";
import { sendPacket } from "./talk.ts";
import type { TrueFlow, TruePacket } from "./truth.ts";

const MTU = 1500;

/**
 * Not simulated: kernels on the way that put fragments together, as where addresses are translated,
 * and fragments of one datagram that come to different hosts.
 */
export function canCut(sim: Simulation, payload: number): boolean {
  const translates = sim.world.nodes.some(({ netns }) => netns.some(({ nat }) => nat.length > 0));
  if (!sim.extras.fragments || sim.extras.duplicates || translates || payload < 500 || sim.cuts) {
    return false;
  }
  return sim.cuts = true;
}

/** What became of it: delivered only when all of its fragments were. */
export function sendCut(
  sim: Simulation,
  flow: TrueFlow,
  at: number,
  { payload, ttl, ipId, six }: { payload: number; ttl: number; ipId: number; six: boolean },
): Pick<TruePacket, "fate" | "endedAt"> {
  const header = six ? 48 : 20;
  const chunk = MTU - header - (MTU - header) % 8;
  const whole = payload + 8;
  const ports = {
    sourcePort: flow.sent.sourcePort,
    destinationPort: flow.sent.destinationPort,
  };
  const parts: TruePacket[] = [];
  for (let offset = 0; offset < whole; offset += chunk) {
    const length = Math.min(chunk, whole - offset);
    parts.push(sendPacket(sim, flow, at + parts.length * 1500, {
      ttl,
      ipId,
      fragmentOffset: offset,
      ...(offset + length < whole ? { ipFlags: 1 } : {}),
      ...(offset === 0 ? ports : {}),
      ipLength: header + length,
      payload: length - 8,
    }));
  }
  const held = sim.held.splice(0);
  const endedAt = Math.max(...parts.map((part) => part.endedAt));
  if (parts.some(({ fate }) => fate !== "delivered")) {
    // Held for the others until the kernel gives up, long after the trace.
    for (const { flight } of held) flight.packet.fate = "waiting";
    return { fate: "lost", endedAt };
  }
  for (const { flight, device } of held) flight.note(device, "deliver");
  const first = held.find(({ skb }) => skb.fields.fragmentOffset === 0)!;
  const { fragmentOffset: _offset, ipFlags: _flags, ...fields } = first.skb.fields;
  const skb: Skb = {
    ...first.skb,
    fields: { ...fields, ipLength: whole + (six ? 40 : 20), payload },
  };
  first.flight.now = endedAt;
  readDatagram(first.flight, first.device.netns, skb);
  for (const { flight, skb } of held) {
    if (skb === first.skb) continue;
    flight.now = first.flight.now;
    flight.emit("drop", skb, first.device.netns, null, { function: "skb_release_data" });
    flight.free(skb);
  }
  return { fate: "delivered", endedAt: first.flight.now };
}
